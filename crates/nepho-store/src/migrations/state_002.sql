-- The cloud's project that an account is, where its credentials alone do not say that.
ALTER TABLE accounts ADD COLUMN project TEXT;
