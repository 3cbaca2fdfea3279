"""Bodies that Schemathesis does not know how to write: pieces of an upload are bytes as they are."""

import schemathesis


@schemathesis.serializer("application/offset+octet-stream")
def pieces(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
