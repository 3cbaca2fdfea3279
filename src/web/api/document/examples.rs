//! Bodies to copy: an example for each operation that takes one. The tests below read them as the routes would.

use serde_json::{Value, json};

/// Adds the example of an operation's body.
pub(super) fn add(operation: &mut Value) {
    let example = operation["operationId"].as_str().and_then(body_of);
    let bodies = operation
        .pointer_mut("/requestBody/content")
        .and_then(Value::as_object_mut);
    if let (Some(example), Some(bodies)) = (example, bodies) {
        for body in bodies.values_mut() {
            body["example"] = example.clone();
        }
    }
}

fn body_of(operation: &str) -> Option<Value> {
    let photo = "pho_0f3a5c7e9b1d4f6a8c0e2a4c6e8f0b1d";
    let (block, frame) = (
        "blk_0f3a5c7e9b1d4f6a8c0e2a4c6e8f0b1d",
        "frm_0f3a5c7e9b1d4f6a8c0e2a4c6e8f0b1d",
    );
    Some(match operation {
        "create_story" => json!({
            "title": "“Het water wacht niet”", "language": "nl", "date": "2024-01", "byline": "Anna de Vries", "tags": ["water"],
            "blocks": [
                {"type": "text", "markdown": "Een alinea.\n\nNog een, met **nadruk**."},
                {"type": "photo", "layout": "wide", "frame": {"photo": photo, "caption": "De dijk bij Lith."}},
            ],
        }),
        "change_story" => json!({"title": "“Het water kwam”", "standfirst": null}),
        "operate" => json!({"operations": [
            {"op": "move", "id": block, "position": 0},
            {"op": "insert", "position": 1, "block": {"type": "heading", "text": "De dijk"}},
            {"op": "update", "id": frame, "version": 2, "set": {"caption": "Nieuwe woorden.", "alt": null}},
        ]}),
        "change_photo" => {
            json!({"caption": "De dijk bij Lith, Nederland.", "alt": "Een dijk in de mist", "focal": {"x": 0.5, "y": 0.33}})
        }
        "publish_story" => json!({"correction": "De naam van de burgemeester is verbeterd."}),
        "set_schedule" => json!({"at": "2030-03-31T09:00", "zone": "Europe/Amsterdam"}),
        "make_preview_link" => json!({"label": "Voor de eindredactie", "days": 7}),
        "make_drop_link" => json!({"label": "Bram de Wit", "days": 14}),
        "replace_site" => json!({"name": "Het Magazine", "language": "nl", "accent_color": "#a3341f"}),
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::body_of;
    use crate::web::api::body::{OperationsBody, PhotoPatch, StoryBody, StoryPatch};
    use crate::web::extract::parse_json;

    #[test]
    fn the_examples_are_taken_as_they_stand() {
        let text = |operation| serde_json::to_vec(&body_of(operation).unwrap()).unwrap();
        parse_json::<StoryBody>(&text("create_story"))
            .unwrap()
            .check()
            .unwrap();
        parse_json::<StoryPatch>(&text("change_story"))
            .unwrap()
            .check()
            .unwrap();
        parse_json::<OperationsBody>(&text("operate"))
            .unwrap()
            .check()
            .unwrap();
        parse_json::<PhotoPatch>(&text("change_photo"))
            .unwrap()
            .check()
            .unwrap();
        parse_json::<crate::site::SiteSettings>(&text("replace_site")).unwrap();
    }
}
