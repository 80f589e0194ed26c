// What is wrong with a query, in words.
import type { QueryError, QueryErrorCode } from "$lib/ipc/types";
import { visible } from "$lib/text/visible";
import * as m from "$messages";

type Sentence = (word: { word: string }) => string;

const ERRORS: Record<QueryErrorCode, Sentence> = {
  unknown_key: m.query_unknown_key,
  unknown_state: m.query_unknown_state,
  unknown_kind: m.query_unknown_kind,
  unknown_provider: m.query_unknown_provider,
  unknown_mark: m.query_unknown_mark,
  unknown_column: m.query_unknown_column,
  bad_address: m.query_bad_address,
  empty_value: m.query_empty_value,
  unterminated_quote: m.query_unterminated_quote,
  negated_sort: m.query_negated_sort,
  repeated_sort: m.query_repeated_sort,
};

/** One sentence; a code of a newer core is "not understood". */
export function queryErrorText(error: QueryError): string {
  const sentence: Sentence = Object.hasOwn(ERRORS, error.code) ? ERRORS[error.code] : m.query_not_understood;
  return sentence({ word: visible(error.word) });
}
