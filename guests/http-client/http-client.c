// An HTTP client in plain C on wasi:http: the canonical ABI written by hand.
//
// Who owns memory: everything comes from one arena, which is emptied when the host has read what an export returned.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define IO(interface, name) IMPORT("wasi:io/" interface "@0.2.12", name)
#define HTTP(name) IMPORT("wasi:http/types@0.2.12", name)
#define CALLER "loop:guests/http-caller@0.1.0#"
#define EXPORT(name) __attribute__((export_name(CALLER name)))
#define POST(name) __attribute__((export_name("cabi_post_" CALLER name)))

typedef struct {
  char *data;
  uint32_t length;
} string;

typedef struct {
  string name, value;
} field;

typedef struct {
  field *items;
  uint32_t length;
} field_list;

typedef struct {
  string *items;
  uint32_t length;
} string_list;

typedef struct {
  string method, scheme, authority, path;
  field_list headers;
  string body;
  uint32_t connect_timeout, first_byte_timeout, between_bytes_timeout;
} request;

typedef struct {
  uint16_t status;
  field_list headers;
  string body;
  field_list trailers;
} reply;

// result<reply, string>
typedef struct {
  uint8_t is_error;
  union {
    reply ok;
    string error;
  };
} outcome;

// result<own<T>>, and result<_, header-error>
typedef struct {
  uint8_t is_error;
  int32_t handle;
} handle_result;

// result<list<u8>, stream-error>, and result<_, stream-error>
typedef struct {
  uint8_t is_error;
  union {
    string bytes;
    struct {
      uint8_t is_closed;
      int32_t failure;
    };
  };
} stream_result;

// Only the case is read; what it carries is left alone. 64-bit integers are among that, so it is aligned to 8.
typedef struct {
  _Alignas(8) uint8_t code;
  _Alignas(8) uint8_t payload[24];
} error_code;

// option<error-code>, result<_, error-code>, result<own<T>, error-code>
typedef struct {
  uint8_t tag;
  _Alignas(8) union {
    int32_t handle;
    struct {
      uint8_t has_fields; // option<trailers>
      int32_t fields;
    };
    error_code error;
  };
} coded;

// option<result<result<T, error-code>>>
typedef struct {
  uint8_t is_there;
  _Alignas(8) uint8_t is_taken;
  coded result;
} future_result;

_Static_assert(sizeof(outcome) == 32, "result<reply, string> is laid out as the canonical ABI says");
_Static_assert(sizeof(stream_result) == 12, "result<list<u8>, stream-error> is laid out as the canonical ABI says");
_Static_assert(sizeof(coded) == 40, "result<_, error-code> is laid out as the canonical ABI says");
_Static_assert(sizeof(future_result) == 56, "a future's result is laid out as the canonical ABI says");

IO("error", "[resource-drop]error") void error_drop(int32_t);
IO("poll", "[method]pollable.block") void pollable_block(int32_t);
IO("poll", "[resource-drop]pollable") void pollable_drop(int32_t);
IO("streams", "[method]input-stream.blocking-read") void input_read(int32_t, uint64_t limit, stream_result *out);
IO("streams", "[resource-drop]input-stream") void input_drop(int32_t);
IO("streams", "[method]output-stream.blocking-write-and-flush")
void output_write(int32_t, const char *data, uint32_t length, stream_result *out);
IO("streams", "[resource-drop]output-stream") void output_drop(int32_t);

HTTP("http-error-code") void http_error_code(int32_t error, coded *out);
HTTP("[constructor]fields") int32_t fields_new(void);
HTTP("[method]fields.append")
void fields_append(int32_t, const char *name, uint32_t name_length, const char *value, uint32_t length, uint8_t *out);
HTTP("[method]fields.entries") void fields_entries(int32_t, field_list *out);
HTTP("[resource-drop]fields") void fields_drop(int32_t);
HTTP("[constructor]outgoing-request") int32_t request_new(int32_t headers);
HTTP("[method]outgoing-request.body") void request_body(int32_t, handle_result *out);
HTTP("[method]outgoing-request.set-method") int32_t set_method(int32_t, int32_t kind, const char *, uint32_t);
HTTP("[method]outgoing-request.set-scheme") int32_t set_scheme(int32_t, int32_t some, int32_t kind, const char *, uint32_t);
HTTP("[method]outgoing-request.set-authority") int32_t set_authority(int32_t, int32_t some, const char *, uint32_t);
HTTP("[method]outgoing-request.set-path-with-query") int32_t set_path(int32_t, int32_t some, const char *, uint32_t);
HTTP("[resource-drop]outgoing-request") void request_drop(int32_t);
HTTP("[constructor]request-options") int32_t options_new(void);
HTTP("[method]request-options.set-connect-timeout") int32_t set_connect(int32_t, int32_t some, uint64_t);
HTTP("[method]request-options.set-first-byte-timeout") int32_t set_first_byte(int32_t, int32_t some, uint64_t);
HTTP("[method]request-options.set-between-bytes-timeout") int32_t set_between_bytes(int32_t, int32_t some, uint64_t);
HTTP("[method]outgoing-body.write") void body_write(int32_t, handle_result *out);
HTTP("[static]outgoing-body.finish") void body_finish(int32_t, int32_t some, int32_t trailers, coded *out);
HTTP("[method]future-incoming-response.subscribe") int32_t future_subscribe(int32_t);
HTTP("[method]future-incoming-response.get") void future_get(int32_t, future_result *out);
HTTP("[resource-drop]future-incoming-response") void future_drop(int32_t);
HTTP("[method]incoming-response.status") int32_t response_status(int32_t);
HTTP("[method]incoming-response.headers") int32_t response_headers(int32_t);
HTTP("[method]incoming-response.consume") void response_consume(int32_t, handle_result *out);
HTTP("[resource-drop]incoming-response") void response_drop(int32_t);
HTTP("[method]incoming-body.stream") void incoming_stream(int32_t, handle_result *out);
HTTP("[static]incoming-body.finish") int32_t incoming_finish(int32_t);
HTTP("[resource-drop]incoming-body") void incoming_drop(int32_t);
HTTP("[method]future-trailers.subscribe") int32_t trailers_subscribe(int32_t);
HTTP("[method]future-trailers.get") void trailers_get(int32_t, future_result *out);
HTTP("[resource-drop]future-trailers") void trailers_drop(int32_t);
IMPORT("wasi:http/outgoing-handler@0.2.12", "handle")
void http_handle(int32_t request, int32_t some, int32_t options, coded *out);

static const char *const ERRORS[] = {
    "DNS-timeout",
    "DNS-error",
    "destination-not-found",
    "destination-unavailable",
    "destination-IP-prohibited",
    "destination-IP-unroutable",
    "connection-refused",
    "connection-terminated",
    "connection-timeout",
    "connection-read-timeout",
    "connection-write-timeout",
    "connection-limit-reached",
    "TLS-protocol-error",
    "TLS-certificate-error",
    "TLS-alert-received",
    "HTTP-request-denied",
    "HTTP-request-length-required",
    "HTTP-request-body-size",
    "HTTP-request-method-invalid",
    "HTTP-request-URI-invalid",
    "HTTP-request-URI-too-long",
    "HTTP-request-header-section-size",
    "HTTP-request-header-size",
    "HTTP-request-trailer-section-size",
    "HTTP-request-trailer-size",
    "HTTP-response-incomplete",
    "HTTP-response-header-section-size",
    "HTTP-response-header-size",
    "HTTP-response-body-size",
    "HTTP-response-trailer-section-size",
    "HTTP-response-trailer-size",
    "HTTP-response-transfer-coding",
    "HTTP-response-content-coding",
    "HTTP-response-timeout",
    "HTTP-upgrade-failed",
    "HTTP-protocol-error",
    "loop-detected",
    "configuration-error",
    "internal-error",
};

static const char *const METHODS[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
static const char *const HEADER_ERRORS[] = {"header: invalid-syntax", "header: forbidden", "header: immutable"};

// ---------------------------------------------------------------- memory

extern char __heap_base;
static uintptr_t next;

static void *allocate(size_t size, size_t align) {
  if (next == 0) next = (uintptr_t)&__heap_base;
  uintptr_t at = (next + align - 1) & ~(align - 1);
  next = at + size;
  size_t pages = (next + 65535) / 65536;
  size_t have = __builtin_wasm_memory_size(0);
  if (pages > have && __builtin_wasm_memory_grow(0, pages - have) == (size_t)-1) __builtin_trap();
  return (void *)at;
}

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  void *block = allocate(size, align);
  if (old_size > 0) memcpy(block, old, old_size < size ? old_size : size);
  return block;
}

static void reset(void) { next = 0; }

// ---------------------------------------------------------------- text

static string text(const char *literal) { return (string){(char *)literal, strlen(literal)}; }

static bool equals(string a, const char *b) { return a.length == strlen(b) && memcmp(a.data, b, a.length) == 0; }

static bool equals_ignoring_case(string a, const char *lower) {
  if (a.length != strlen(lower)) return false;
  for (uint32_t i = 0; i < a.length; i++)
    if ((a.data[i] | 0x20) != lower[i] && a.data[i] != lower[i]) return false;
  return true;
}

static uint32_t find(string where, const char *any, uint32_t from) {
  for (uint32_t i = from; i < where.length; i++)
    if (strchr(any, where.data[i]) && where.data[i]) return i;
  return where.length;
}

static string part(string whole, uint32_t from, uint32_t to) { return (string){whole.data + from, to - from}; }

// ---------------------------------------------------------------- one request

typedef struct {
  const char *problem; // null when there is none
  int32_t future;
} started;

static const char *problem_of(const error_code *error) { return ERRORS[error->code]; }

static const char *append_all(int32_t fields, field_list list) {
  for (uint32_t i = 0; i < list.length; i++) {
    field *one = &list.items[i];
    uint8_t result[2];
    fields_append(fields, one->name.data, one->name.length, one->value.data, one->value.length, result);
    if (result[0]) return HEADER_ERRORS[result[1]];
  }
  return NULL;
}

static const char *describe(int32_t outgoing, const request *r) {
  int32_t method = 0;
  while (method < 9 && !equals(r->method, METHODS[method])) method++;
  if (set_method(outgoing, method, r->method.data, r->method.length)) return "the method is refused";
  int32_t scheme = equals(r->scheme, "http") ? 0 : equals(r->scheme, "https") ? 1 : 2;
  if (set_scheme(outgoing, 1, scheme, r->scheme.data, r->scheme.length)) return "the scheme is refused";
  if (set_authority(outgoing, 1, r->authority.data, r->authority.length)) return "the authority is refused";
  if (set_path(outgoing, 1, r->path.data, r->path.length)) return "the path is refused";
  return NULL;
}

static uint64_t nanoseconds(uint32_t ms) { return (uint64_t)ms * 1000000; }

static int32_t options_of(const request *r) {
  int32_t options = options_new();
  set_connect(options, r->connect_timeout > 0, nanoseconds(r->connect_timeout));
  set_first_byte(options, r->first_byte_timeout > 0, nanoseconds(r->first_byte_timeout));
  set_between_bytes(options, r->between_bytes_timeout > 0, nanoseconds(r->between_bytes_timeout));
  return options;
}

// A stream that fails tells which error code it was, when it was one.
static const char *stream_problem(const stream_result *result) {
  if (result->is_closed) return NULL;
  coded code;
  http_error_code(result->failure, &code);
  error_drop(result->failure);
  return code.tag ? problem_of(&code.error) : "the stream failed";
}

static const char *write_body(int32_t body, string bytes) {
  handle_result stream;
  body_write(body, &stream);
  const char *problem = NULL;
  for (uint32_t at = 0; at < bytes.length && !problem; at += 4096) {
    stream_result written;
    uint32_t left = bytes.length - at;
    output_write(stream.handle, bytes.data + at, left < 4096 ? left : 4096, &written);
    if (written.is_error) problem = written.is_closed ? "the body is closed" : stream_problem(&written);
  }
  output_drop(stream.handle);
  return problem;
}

static void finish_body(int32_t body) {
  int32_t trailers = fields_new();
  uint8_t result[2];
  fields_append(trailers, "x-end", 5, "yes", 3, result);
  coded finished;
  body_finish(body, 1, trailers, &finished);
}

static started start(const request *r) {
  int32_t fields = fields_new();
  const char *problem = append_all(fields, r->headers);
  if (problem) {
    fields_drop(fields);
    return (started){problem, 0};
  }
  int32_t outgoing = request_new(fields);
  problem = describe(outgoing, r);
  if (problem) {
    request_drop(outgoing);
    return (started){problem, 0};
  }
  handle_result body = {0, -1};
  if (r->body.length > 0) request_body(outgoing, &body);
  coded handled;
  http_handle(outgoing, 1, options_of(r), &handled);
  if (handled.tag) return (started){problem_of(&handled.error), 0};
  if (body.handle < 0) return (started){NULL, handled.handle};
  // A server may answer, and close, before it has read the whole: what it says is worth more than that.
  write_body(body.handle, r->body);
  finish_body(body.handle);
  return (started){NULL, handled.handle};
}

// Gives an error code's name, or null and the response.
static const char *wait_for(int32_t future, int32_t *response) {
  int32_t pollable = future_subscribe(future);
  pollable_block(pollable);
  pollable_drop(pollable);
  future_result result;
  future_get(future, &result);
  future_drop(future);
  if (!result.is_there || result.is_taken) return "the future has no response";
  if (result.result.tag) return problem_of(&result.result.error);
  *response = result.result.handle;
  return NULL;
}

static field_list entries_of(int32_t fields) {
  field_list list;
  fields_entries(fields, &list);
  fields_drop(fields);
  return list;
}

static const char *read_all(int32_t stream, string *out) {
  uint32_t room = 65536;
  *out = (string){allocate(room, 1), 0};
  for (;;) {
    stream_result result;
    input_read(stream, 65536, &result);
    if (result.is_error) return stream_problem(&result);
    string bytes = result.bytes;
    if (out->length + bytes.length > room) {
      out->data = cabi_realloc(out->data, out->length, 1, room = 2 * (out->length + bytes.length));
    }
    memcpy(out->data + out->length, bytes.data, bytes.length);
    out->length += bytes.length;
  }
}

static const char *read_trailers(int32_t body, field_list *out) {
  int32_t future = incoming_finish(body);
  int32_t pollable = trailers_subscribe(future);
  pollable_block(pollable);
  pollable_drop(pollable);
  future_result result;
  trailers_get(future, &result);
  trailers_drop(future);
  if (!result.is_there || result.is_taken) return "there are no trailers";
  if (result.result.tag) return problem_of(&result.result.error);
  if (result.result.has_fields) *out = entries_of(result.result.fields);
  return NULL;
}

static const char *read_reply(int32_t response, reply *out) {
  out->status = response_status(response);
  out->headers = entries_of(response_headers(response));
  handle_result body, stream;
  response_consume(response, &body);
  response_drop(response);
  incoming_stream(body.handle, &stream);
  const char *problem = read_all(stream.handle, &out->body);
  input_drop(stream.handle);
  if (!problem) return read_trailers(body.handle, &out->trailers);
  incoming_drop(body.handle);
  return problem;
}

static const char *exchange(const request *r, reply *out) {
  started begun = start(r);
  if (begun.problem) return begun.problem;
  int32_t response;
  const char *problem = wait_for(begun.future, &response);
  return problem ? problem : read_reply(response, out);
}

// ---------------------------------------------------------------- URLs

// Splits naively: what a URL means is for the host to say.
static void point_to(request *r, string url) {
  uint32_t scheme = 0;
  while (scheme + 2 < url.length && memcmp(url.data + scheme, "://", 3) != 0) scheme++;
  r->scheme = part(url, 0, scheme);
  uint32_t from = scheme + 3 < url.length ? scheme + 3 : url.length;
  uint32_t path = find(url, "/?#", from);
  r->authority = part(url, from, path);
  r->path = part(url, path, find(url, "#", path));
  if (r->path.length == 0) r->path = text("/");
}

static string location_of(const reply *from) {
  for (uint32_t i = 0; i < from->headers.length; i++)
    if (equals_ignoring_case(from->headers.items[i].name, "location")) return from->headers.items[i].value;
  return text("");
}

static bool redirects(uint16_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static outcome *outcome_of(const char *problem, reply ok) {
  outcome *result = allocate(sizeof(outcome), 4);
  memset(result, 0, sizeof(outcome));
  result->is_error = problem != NULL;
  if (problem) result->error = text(problem);
  else result->ok = ok;
  return result;
}

// ---------------------------------------------------------------- exports

EXPORT("get") outcome *get(char *data, uint32_t length) {
  request r = {.method = text("GET")};
  point_to(&r, (string){data, length});
  reply result = {0};
  const char *problem = exchange(&r, &result);
  for (int hops = 0; !problem && redirects(result.status) && hops < 5; hops++) {
    string to = location_of(&result);
    if (to.length == 0) break;
    if (to.data[0] == '/' && !(to.length > 1 && to.data[1] == '/')) r.path = to;
    else point_to(&r, to);
    result = (reply){0};
    problem = exchange(&r, &result);
  }
  return outcome_of(problem, result);
}

EXPORT("post") outcome *post(char *data, uint32_t length, char *body, uint32_t body_length) {
  request r = {.method = text("POST"), .body = {body, body_length}};
  point_to(&r, (string){data, length});
  reply result = {0};
  const char *problem = exchange(&r, &result);
  return outcome_of(problem, result);
}

EXPORT("send")
outcome *send(char *method, uint32_t method_length, char *scheme, uint32_t scheme_length, char *authority,
              uint32_t authority_length, char *path, uint32_t path_length, field *headers, uint32_t headers_length,
              char *body, uint32_t body_length, uint32_t connect_timeout, uint32_t first_byte_timeout,
              uint32_t between_bytes_timeout) {
  request r = {
      .method = {method, method_length},
      .scheme = {scheme, scheme_length},
      .authority = {authority, authority_length},
      .path = {path, path_length},
      .headers = {headers, headers_length},
      .body = {body, body_length},
      .connect_timeout = connect_timeout,
      .first_byte_timeout = first_byte_timeout,
      .between_bytes_timeout = between_bytes_timeout,
  };
  reply result = {0};
  const char *problem = exchange(&r, &result);
  return outcome_of(problem, result);
}

EXPORT("get-many") string_list *get_many(char *data, uint32_t length, uint32_t count) {
  request r = {.method = text("GET")};
  point_to(&r, (string){data, length});
  started *all = allocate(count * sizeof(started), 4);
  for (uint32_t i = 0; i < count; i++) all[i] = start(&r);
  string_list *list = allocate(sizeof(string_list), 4);
  *list = (string_list){allocate(count * sizeof(string), 4), count};
  for (uint32_t i = 0; i < count; i++) {
    int32_t response;
    const char *problem = all[i].problem ? all[i].problem : wait_for(all[i].future, &response);
    reply result = {0};
    if (!problem) problem = read_reply(response, &result);
    list->items[i] = text(problem ? problem : "ok");
  }
  return list;
}

POST("get") void post_get(outcome *result) {
  (void)result;
  reset();
}
POST("post") void post_post(outcome *result) {
  (void)result;
  reset();
}
POST("send") void post_send(outcome *result) {
  (void)result;
  reset();
}
POST("get-many") void post_get_many(string_list *result) {
  (void)result;
  reset();
}
