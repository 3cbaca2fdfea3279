//! What the page of the reference prints, read out of the document.

use serde_json::{Map, Value};

use super::super::document::METHODS;

/// Text with code in it.
pub(super) type Prose = Vec<Part>;

/// A piece of a text.
pub(super) struct Part {
    pub text: String,
    pub is_code: bool,
}

/// A way to prove who asks.
pub(super) struct Scheme {
    pub name: String,
    pub description: Prose,
}

/// Operations that belong together.
pub(super) struct Group {
    pub name: String,
    pub description: Prose,
    pub operations: Vec<Operation>,
}

/// One operation.
pub(super) struct Operation {
    pub id: String,
    /// Its id as words.
    pub name: String,
    pub method: &'static str,
    pub path: String,
    pub words: Vec<Prose>,
    /// Who may ask.
    pub access: String,
    pub parameters: Vec<Field>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
    pub curl: String,
}

/// What an operation takes.
pub(super) struct Body {
    pub types: String,
    pub shape: Kind,
    pub required: bool,
}

/// What an operation answers.
pub(super) struct Answer {
    pub status: String,
    pub is_refusal: bool,
    pub description: Prose,
    pub shape: Option<Kind>,
    pub codes: Vec<String>,
    pub headers: String,
}

/// A parameter, or a field of a shape.
pub(super) struct Field {
    pub name: String,
    /// Where a parameter stands: `path `, `query `, `header `.
    pub place: String,
    pub kind: Kind,
    pub required: bool,
    pub description: Prose,
}

/// What sort of value something is, and where that is explained.
pub(super) struct Kind {
    pub text: String,
    pub href: Option<String>,
}

/// A shape of requests or answers.
pub(super) struct Shape {
    pub name: String,
    pub description: Prose,
    /// What it is, where it has no fields.
    pub kind: Option<Kind>,
    pub parts: Vec<ShapePart>,
}

/// Fields that a shape has always, or in one of its cases.
pub(super) struct ShapePart {
    pub title: String,
    pub fields: Vec<Field>,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value[key].as_object().into_iter().flat_map(Map::iter)
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn prose(text: &str) -> Prose {
    text.split('`')
        .enumerate()
        .filter(|(_, text)| !text.is_empty())
        .map(|(index, text)| Part {
            text: text.to_owned(),
            is_code: index % 2 == 1,
        })
        .collect()
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> Vec<Prose> {
    text.split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(prose)
        .collect()
}

/// The ways to prove who asks.
pub(super) fn schemes(document: &Value) -> Vec<Scheme> {
    entries(&document["components"], "securitySchemes")
        .map(|(name, scheme)| Scheme {
            name: name.clone(),
            description: prose(text(scheme, "description")),
        })
        .collect()
}

/// All operations by their tags, in the order of the tags; within one, by path.
pub(super) fn groups(document: &Value, base: &str) -> Vec<Group> {
    items(document, "tags")
        .map(|tag| {
            let name = text(tag, "name");
            let all = entries(document, "paths").flat_map(|(path, item)| {
                METHODS
                    .iter()
                    .filter_map(move |method| Some((path, *method, item.get(method)?)))
            });
            let mut operations: Vec<Operation> = all
                .filter(|(.., operation)| items(operation, "tags").any(|tag| tag == name))
                .map(|(path, method, it)| operation(base, path, method, it))
                .collect();
            // What whoever draws stories begins with stands first.
            operations.sort_by_key(|it| !it.path.starts_with("/api/v1/stories"));
            Group {
                name: name.to_owned(),
                description: prose(text(tag, "description")),
                operations,
            }
        })
        .collect()
}

fn operation(base: &str, path: &str, method: &'static str, it: &Value) -> Operation {
    let id = text(it, "operationId").to_owned();
    let words = [text(it, "summary"), text(it, "description")];
    let body = it.get("requestBody").map(|body| Body {
        types: entries(body, "content")
            .map(|(kind, _)| kind.as_str())
            .collect::<Vec<_>>()
            .join(" or "),
        shape: entries(body, "content")
            .map(|(_, content)| kind(&content["schema"]))
            .next()
            .unwrap_or_else(any),
        required: body["required"] == true,
    });
    Operation {
        name: id.replace('_', " "),
        id,
        method,
        path: path.to_owned(),
        words: words.into_iter().flat_map(paragraphs).collect(),
        access: access(it),
        parameters: items(it, "parameters").map(parameter).collect(),
        body,
        answers: entries(it, "responses")
            .map(|(status, it)| answer(status, it))
            .collect(),
        curl: curl(base, path, method, it),
    }
}

fn access(operation: &Value) -> String {
    let mut ways = Vec::new();
    for way in items(operation, "security") {
        for (name, scopes) in way.as_object().into_iter().flatten() {
            let scopes: Vec<&str> = scopes
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            ways.push(match scopes.as_slice() {
                [] => format!("a {name}"),
                scopes => format!("a {name} with {}", scopes.join(" and ")),
            });
        }
    }
    if ways.is_empty() {
        "For anyone.".to_owned()
    } else {
        format!("For {}.", ways.join(", or "))
    }
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(parameter, "name").to_owned(),
        place: format!("{} ", text(parameter, "in")),
        kind: kind(&parameter["schema"]),
        required: parameter["required"] == true,
        description: prose(text(parameter, "description")),
    }
}

fn answer(status: &str, answer: &Value) -> Answer {
    let is_refusal = status >= "400";
    let mut shape =
        entries(answer, "content").map(|(media_type, content)| match content["schema"].get("$ref") {
            Some(_) => kind(&content["schema"]),
            None => Kind {
                text: media_type.clone(),
                href: None,
            },
        });
    let examples = &answer["content"]["application/problem+json"];
    Answer {
        status: status.to_owned(),
        is_refusal,
        description: prose(text(answer, "description")),
        shape: shape.find(|_| !is_refusal),
        codes: entries(examples, "examples")
            .map(|(code, _)| code.clone())
            .collect(),
        headers: entries(answer, "headers")
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn any() -> Kind {
    Kind {
        text: "any".to_owned(),
        href: None,
    }
}

/// A schema in a few words.
fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next())
    {
        return Kind {
            text: name.to_owned(),
            href: Some(format!("#{name}")),
        };
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return plain(words.join(" | "));
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if schema[key].is_array() {
            return several(
                items(schema, key).map(kind),
                if key == "allOf" { " and " } else { " or " },
            );
        }
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return any(),
    };
    several(names.into_iter().map(|name| one(name, schema)), " or ")
}

fn one(name: &str, schema: &Value) -> Kind {
    match name {
        "array" => {
            let of = kind(&schema["items"]);
            Kind {
                text: format!("list of {}", of.text),
                ..of
            }
        }
        "object" if schema["additionalProperties"].is_object() => {
            let of = kind(&schema["additionalProperties"]);
            Kind {
                text: format!("map of {}", of.text),
                ..of
            }
        }
        _ => plain(format!("{name}{}", limits(schema))),
    }
}

fn limits(schema: &Value) -> String {
    let between = |least: &str, most: &str, unit: &str| match (&schema[least], &schema[most]) {
        (Value::Null, Value::Null) => String::new(),
        (least, Value::Null) => format!(", at least {least}{unit}"),
        (Value::Null, most) => format!(", at most {most}{unit}"),
        (least, most) => format!(", {least} to {most}{unit}"),
    };
    let pattern = schema["pattern"].as_str().map(|pattern| format!(", {pattern}"));
    format!(
        "{}{}{}",
        between("minLength", "maxLength", " characters"),
        between("minimum", "maximum", ""),
        pattern.unwrap_or_default()
    )
}

fn plain(text: String) -> Kind {
    Kind { text, href: None }
}

fn several(kinds: impl Iterator<Item = Kind>, between: &str) -> Kind {
    let kinds: Vec<Kind> = kinds.collect();
    Kind {
        text: kinds
            .iter()
            .map(|kind| kind.text.as_str())
            .collect::<Vec<_>>()
            .join(between),
        href: kinds.into_iter().find_map(|kind| kind.href),
    }
}

/// All shapes, by name.
pub(super) fn shapes(document: &Value) -> Vec<Shape> {
    entries(&document["components"], "schemas")
        .map(|(name, schema)| {
            let parts = parts(schema);
            Shape {
                name: name.clone(),
                description: prose(text(schema, "description")),
                kind: parts.is_empty().then(|| kind(schema)),
                parts,
            }
        })
        .collect()
}

/// The fields of a schema; of one that is put together, those of its pieces.
fn parts(schema: &Value) -> Vec<ShapePart> {
    let required: Vec<&str> = items(schema, "required").filter_map(Value::as_str).collect();
    let fields: Vec<Field> = entries(schema, "properties")
        .map(|(name, of)| field(name, of, required.contains(&name.as_str())))
        .collect();
    let mut parts = Vec::new();
    if !fields.is_empty() {
        let kind = schema["properties"]["type"]["enum"][0].as_str();
        parts.push(ShapePart {
            title: kind.map(|kind| format!("type: {kind}")).unwrap_or_default(),
            fields,
        });
    }
    for piece in items(schema, "allOf").chain(items(schema, "oneOf")) {
        match piece.get("$ref") {
            Some(_) => parts.push(ShapePart {
                title: format!(
                    "{} {}",
                    if schema["allOf"].is_array() { "and" } else { "or" },
                    kind(piece).text
                ),
                fields: Vec::new(),
            }),
            None => parts.extend(self::parts(piece)),
        }
    }
    parts
}

fn field(name: &str, schema: &Value, required: bool) -> Field {
    // A reference that may be null has its description on the reference.
    let mut own = [&schema["description"]]
        .into_iter()
        .chain(items(schema, "oneOf").map(|piece| &piece["description"]));
    Field {
        name: name.to_owned(),
        place: String::new(),
        kind: kind(schema),
        required,
        description: prose(own.find_map(Value::as_str).unwrap_or_default()),
    }
}

/// A command that asks this, to be copied: it needs nothing but a token in `$TOKEN`.
fn curl(base: &str, path: &str, method: &str, operation: &Value) -> String {
    let mut lines = vec!["curl".to_owned()];
    let is_read = method == "get";
    if !is_read {
        lines.push(format!("-X {}", method.to_uppercase()));
    }
    let by_token = items(operation, "security").any(|way| way.get("token").is_some());
    if by_token {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    } else if operation.get("security").is_some() {
        lines.push("-H \"Cookie: session=$SESSION\"".to_owned());
        if !is_read {
            lines.push("-H 'Sec-Fetch-Site: same-origin'".to_owned());
        }
    }
    for header in items(operation, "parameters").filter(|it| it["in"] == "header" && it["required"] == true) {
        let example = header["example"].as_str().unwrap_or("…");
        lines.push(format!("-H '{}: {example}'", text(header, "name")));
    }
    for (kind, content) in entries(&operation["requestBody"], "content").take(1) {
        match content.get("example") {
            _ if kind == "multipart/form-data" => lines.push("-F file=@photograph.jpg".to_owned()),
            _ if kind == "application/offset+octet-stream" => {
                lines.push(format!("-H 'Content-Type: {kind}' --data-binary @photograph.jpg"));
            }
            Some(example) => lines.push(format!("-H 'Content-Type: {kind}' -d '{example}'")),
            None => {}
        }
    }
    lines.push(format!("'{base}{path}'"));
    lines.join(" \\\n  ")
}
