//! The contents of EC2's replies: regions, the next page, twelve columns of each instance.

use quick_xml::{Reader, events::Event};

use crate::rows::{COLUMNS, Instance};

/// The element of each column: first those directly in the instance, then `parent/child`.
const ELEMENTS: [&str; COLUMNS] = [
    "instanceId",
    "instanceType",
    "launchTime",
    "privateIpAddress",
    "ipAddress",
    "vpcId",
    "subnetId",
    "imageId",
    "architecture",
    "instanceState/name",
    "placement/availabilityZone",
];

/// The texts between `<regionName>` tags.
pub fn regions(reply: &str) -> Vec<String> {
    let names = reply.split("<regionName>").skip(1);
    names.filter_map(|rest| rest.split('<').next()).map(str::to_owned).collect()
}

/// The next page's token, found at the end of the reply.
pub fn next_token(reply: &str) -> Option<String> {
    let end = reply.get(reply.len().saturating_sub(400)..)?;
    let (_, rest) = end.split_once("<nextToken>")?;
    rest.split('<').next().map(str::to_owned)
}

/// The instances. Entities are skipped: the double's fleet has none in these columns.
pub fn instances(reply: &str) -> Result<Vec<Instance>, quick_xml::Error> {
    // response / reservationSet / item / instancesSet / item
    const INSTANCE: usize = 5;
    let mut reader = Reader::from_str(reply);
    let (mut found, mut path) = (Vec::with_capacity(1000), Vec::<String>::with_capacity(16));
    let (mut depth, mut key) = (0_usize, String::new());
    let mut instance = Instance::default();
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                depth += 1;
                let name = start.name();
                if path.len() < depth {
                    path.push(String::new());
                }
                path[depth - 1].clear();
                path[depth - 1].push_str(name.into_inner());
            }
            Event::End(_) => {
                if depth == INSTANCE && path[3] == "instancesSet" {
                    let mut done = std::mem::take(&mut instance);
                    done.name = done
                        .tags
                        .iter()
                        .find(|(key, _)| key == "Name")
                        .map_or_else(String::new, |(_, name)| name.clone());
                    found.push(done);
                }
                depth -= 1;
            }
            Event::Text(text) if depth > INSTANCE && depth <= INSTANCE + 3 => match &path[INSTANCE..depth] {
                [one] => column(&mut instance, |column| column == one.as_str(), &text.into_inner()),
                [parent, child] => {
                    let is = |column: &str| column.split_once('/') == Some((parent.as_str(), child.as_str()));
                    column(&mut instance, is, &text.into_inner());
                }
                [set, _, member] if set == "tagSet" => match member.as_str() {
                    "key" => key = text.into_inner().into_owned(),
                    _ => instance.tags.push((std::mem::take(&mut key), text.into_inner().into_owned())),
                },
                _ => {}
            },
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn column(instance: &mut Instance, is: impl Fn(&str) -> bool, text: &str) {
    if let Some(at) = ELEMENTS.iter().position(|column| is(column)) {
        text.clone_into(&mut instance.columns[at]);
    }
}
