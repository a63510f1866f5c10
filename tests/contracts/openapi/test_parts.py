from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.openapi.parts import Part, Role, is_modern, parts_of
from bodydouble.contracts.pointers import JSON, look_up


def places(document: dict[str, JSON], role: Role) -> list[str]:
    return [part.pointer for part in parts_of(document) if part.role is role]


def body(schema: JSON, **document: JSON) -> dict[str, JSON]:
    operation: JSON = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    return {**document, "paths": {"/a": {"post": operation}}}


SCHEMA = "/paths/~1a/post/requestBody/content/application~1json/schema"


def test_every_part_that_an_operation_has_is_found_by_its_role() -> None:
    document: dict[str, JSON] = {
        "info": {},
        "servers": [{}],
        "paths": {
            "/a": {
                "servers": [{}],
                "parameters": [{"schema": {}}],
                "get": {
                    "servers": [{}],
                    "parameters": [{"content": {"a/b": {"schema": {}}}}],
                    "requestBody": {"content": {"a/b": {}}},
                    "responses": {
                        "200": {"headers": {"X": {"schema": {}}}, "content": {"a/b": {"schema": {}}}}
                    },
                    "callbacks": {"done": {"{$request.body#/url}": {"post": {"responses": {"204": {}}}}}},
                },
            }
        },
    }
    call = "/paths/~1a/get/callbacks/done/{$request.body#~1url}"
    assert places(document, Role.DOCUMENT) == [""]
    assert places(document, Role.INFO) == ["/info"]
    assert places(document, Role.SERVER) == ["/servers/0", "/paths/~1a/servers/0", "/paths/~1a/get/servers/0"]
    assert places(document, Role.PATH_ITEM) == ["/paths/~1a", call]
    assert places(document, Role.OPERATION) == ["/paths/~1a/get", f"{call}/post"]
    assert places(document, Role.PARAMETER) == ["/paths/~1a/parameters/0", "/paths/~1a/get/parameters/0"]
    assert places(document, Role.REQUEST_BODY) == ["/paths/~1a/get/requestBody"]
    assert places(document, Role.RESPONSE) == ["/paths/~1a/get/responses/200", f"{call}/post/responses/204"]
    assert places(document, Role.HEADER) == ["/paths/~1a/get/responses/200/headers/X"]
    assert len(places(document, Role.MEDIA_TYPE)) == 3
    assert places(document, Role.SCHEMA) == [
        "/paths/~1a/parameters/0/schema",
        "/paths/~1a/get/parameters/0/content/a~1b/schema",
        "/paths/~1a/get/responses/200/content/a~1b/schema",
        "/paths/~1a/get/responses/200/headers/X/schema",
    ]
    assert places(document, Role.MALFORMED) == []


def test_a_name_is_a_keyword_only_where_keywords_stand() -> None:
    names: JSON = {"properties": {}, "items": {}, "$ref": {}, "required": {}, "allOf": {}}
    assert places(
        body({"properties": names, "example": {"items": {}}, "default": {"items": {}}}), Role.SCHEMA
    ) == [
        SCHEMA,
        *(f"{SCHEMA}/properties/{name}" for name in ("properties", "items", "$ref", "required", "allOf")),
    ]


def test_schemas_are_found_wherever_a_schema_may_stand() -> None:
    schema: JSON = {
        **{name: {} for name in ("items", "additionalProperties", "not", "if", "then", "else", "contains")},
        **{name: [{}] for name in ("allOf", "anyOf", "oneOf", "prefixItems")},
        **{name: {"a": {}} for name in ("properties", "patternProperties", "dependentSchemas")},
    }
    found = places(body(schema), Role.SCHEMA)
    assert len(found) == 15
    assert f"{SCHEMA}/prefixItems/0" in found
    assert f"{SCHEMA}/dependentSchemas/a" in found


def test_what_a_reference_leads_to_is_visited_once_and_has_the_role_it_is_used_in() -> None:
    reference: JSON = {"$ref": "#/components/schemas/A"}
    document = body({"anyOf": [reference, reference]}, components={"schemas": {"A": {"items": {}}, "B": {}}})
    assert places(document, Role.REFERENCE) == [f"{SCHEMA}/anyOf/0", f"{SCHEMA}/anyOf/1"]
    assert places(document, Role.SCHEMA) == [SCHEMA, "/components/schemas/A", "/components/schemas/A/items"]


def test_what_stands_beside_a_reference_counts_only_in_schemas_of_3_1() -> None:
    schema: JSON = {"$ref": "#/components/schemas/A", "items": {}}
    components: JSON = {"schemas": {"A": {}}}
    assert places(body(schema, openapi="3.0.3", components=components), Role.SCHEMA) == [
        "/components/schemas/A"
    ]
    assert places(body(schema, openapi="3.1.0", components=components), Role.SCHEMA) == [
        "/components/schemas/A",
        SCHEMA,
        f"{SCHEMA}/items",
    ]


def test_recursion_ends() -> None:
    document = body(
        {"$ref": "#/components/schemas/A"},
        components={"schemas": {"A": {"items": {"$ref": "#/components/schemas/A"}}}},
    )
    assert places(document, Role.SCHEMA) == ["/components/schemas/A"]
    assert places(body({"$ref": "#"}), Role.SCHEMA) == [""]


def test_a_path_item_that_two_paths_share_is_visited_under_both() -> None:
    document: dict[str, JSON] = {"paths": {"/a": {"get": {}}, "/b": {"$ref": "#/paths/~1a"}}}
    operations = [part for part in parts_of(document) if part.role is Role.OPERATION]
    assert [(part.pointer, part.path) for part in operations] == [
        ("/paths/~1a/get", "/a"),
        ("/paths/~1a/get", "/b"),
    ]


def test_extensions_among_paths_and_replies_are_left_out_and_names_elsewhere_are_not() -> None:
    document: dict[str, JSON] = {
        "paths": {"x-a": {"get": {}}, "/a": {"get": {"responses": {"x-b": {}, "200": {}}}}}
    }
    assert places(document, Role.OPERATION) == ["/paths/~1a/get"]
    assert places(document, Role.RESPONSE) == ["/paths/~1a/get/responses/200"]
    assert places(body({"properties": {"x-c": {}}}), Role.SCHEMA) == [SCHEMA, f"{SCHEMA}/properties/x-c"]


def test_a_part_of_a_type_that_cannot_be_is_malformed_and_says_what_was_expected() -> None:
    malformed = [part for part in parts_of({"info": [], "servers": {}, "paths": {"/a": 5}}) if part.expected]
    assert [(part.pointer, part.expected) for part in malformed] == [
        ("/info", "an object"),
        ("/servers", "a list whose members are objects"),
        ("/paths/~1a", "an object"),
    ]


def test_a_boolean_is_a_schema_where_the_version_allows_it() -> None:
    schema: JSON = {"items": True, "additionalProperties": False}
    assert places(body(schema, openapi="3.0.3"), Role.MALFORMED) == [f"{SCHEMA}/items"]
    assert places(body(schema, openapi="3.1.0"), Role.MALFORMED) == []


def test_versions_before_3_1_and_documents_without_one_are_not_modern() -> None:
    assert [is_modern({"openapi": version}) for version in ("3.0.0", "3.0.4", 3.0, "3.1.0", 3.1)] == [
        False
    ] * 3 + [True] * 2
    assert not is_modern({})


def test_a_part_that_is_no_object_has_no_members() -> None:
    part = Part(Role.MALFORMED, "", 5)
    assert part.members == {}
    assert part.member("a") is None
    assert part.listed("a") == []
    assert Part(Role.SCHEMA, "", {"a": [1]}).listed("a") == [1]


keywords = st.sampled_from(
    [
        *("paths", "/a", "get", "post", "parameters", "schema", "properties", "items"),
        *("allOf", "responses", "$ref"),
    ]
)
junk = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["#", "#/paths", "#/components/a", "x"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keywords, children, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(keywords, junk))
def test_every_part_stands_where_its_pointer_says(document: dict[str, JSON]) -> None:
    parts = parts_of(document)
    assert all(look_up(document, part.pointer) is part.node for part in parts)
    keys = [(part.role, part.pointer, part.path) for part in parts]
    assert len(set(keys)) == len(keys)
