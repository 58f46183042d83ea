//! Maps in requests that name nothing twice.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt, marker::PhantomData};

/// Reads a map; a key that stands in it twice is refused like a field that does.
///
/// # Source
/// RFC 8259 section 4: what becomes of names that are not unique is unpredictable.
pub(crate) fn map<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    deserializer.deserialize_map(Unique(PhantomData))
}

/// Reads a map or nothing.
pub(crate) fn some_map<'de, D, K, V>(deserializer: D) -> Result<Option<BTreeMap<K, V>>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    #[derive(Deserialize)]
    #[serde(transparent, bound = "K: Deserialize<'de> + Ord, V: Deserialize<'de>")]
    struct Map<K, V>(#[serde(deserialize_with = "map")] BTreeMap<K, V>);
    Ok(Option::<Map<K, V>>::deserialize(deserializer)?.map(|Map(map)| map))
}

struct Unique<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Unique<K, V> {
    type Value = BTreeMap<K, V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::{ChangeSettings, Sync};

    #[test]
    fn a_key_that_stands_twice_in_a_map_is_refused() {
        let position = r#""a":{"epoch":1,"seq":1}"#;
        let sync =
            |positions: &str| serde_json::from_str::<Sync>(&format!(r#"{{"positions":{{{positions}}}}}"#));
        assert!(sync(position).is_ok_and(|sync| sync.positions.len() == 1));
        let refused = sync(&format!("{position},{position}")).expect_err("a key stands twice");
        assert!(refused.to_string().starts_with("duplicate key"), "{refused}");
        let settings = |permissions: &str| {
            let json = format!(r#"{{"conversation":"c","permissions":{permissions}}}"#);
            serde_json::from_str::<ChangeSettings>(&json)
        };
        assert!(settings(r#"{"post":"member","pin":"owner"}"#).is_ok());
        assert!(settings(r#"{"post":"member","post":"owner"}"#).is_err());
        assert_eq!(settings("null").expect("nothing to change").permissions, None);
        assert!(serde_json::from_str::<ChangeSettings>(r#"{"conversation":"c"}"#).is_ok());
    }
}
