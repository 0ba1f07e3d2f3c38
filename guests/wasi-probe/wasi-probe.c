// What a component without any grant finds of WASI's command-line interfaces: each export calls one import of them and
// hands on what it gave. Imports and exports lay out their values alike, so most results need no conversion.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define IMPORT(module, name) __attribute__((import_module(module "@0.2.12"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

// A string, or a list of anything.
typedef struct {
  void *data;
  uint32_t length;
} list;

typedef struct {
  uint64_t seconds;
  uint32_t nanoseconds;
} datetime;

typedef struct {
  uint64_t first, second;
} seed;

// result<list<u8>, stream-error> and result<_, stream-error> have one layout but for the list; option<list<u8>> too.
typedef struct {
  uint8_t tag;
  union {
    list bytes;
    struct {
      uint8_t is_closed;
      int32_t failure;
    };
  };
} stream_result;

// result<own<…>, error-code>
typedef struct {
  uint8_t is_error;
  union {
    int32_t handle;
    uint8_t code;
  };
} made;

// result<_, error-code>
typedef struct {
  uint8_t is_error;
  uint8_t code;
} outcome;

// option<own<…>>
typedef struct {
  uint8_t is_some;
  int32_t handle;
} maybe;

IMPORT("wasi:cli/environment", "get-environment") void get_environment(list *out);
IMPORT("wasi:cli/environment", "get-arguments") void get_arguments(list *out);
IMPORT("wasi:cli/exit", "exit") void cli_exit(int32_t is_error);
IMPORT("wasi:cli/exit", "exit-with-code") void cli_exit_with_code(uint32_t code);
IMPORT("wasi:cli/stdin", "get-stdin") int32_t get_stdin(void);
IMPORT("wasi:cli/stdout", "get-stdout") int32_t get_stdout(void);
IMPORT("wasi:cli/stderr", "get-stderr") int32_t get_stderr(void);
IMPORT("wasi:cli/terminal-stdin", "get-terminal-stdin") void get_terminal_stdin(maybe *out);
IMPORT("wasi:cli/terminal-stdout", "get-terminal-stdout") void get_terminal_stdout(maybe *out);
IMPORT("wasi:io/streams", "[method]input-stream.blocking-read")
void input_read(int32_t self, uint64_t limit, stream_result *out);
IMPORT("wasi:io/streams", "[method]output-stream.blocking-write-and-flush")
void output_write(int32_t self, const char *data, uint32_t length, stream_result *out);
IMPORT("wasi:io/streams", "[resource-drop]input-stream") void input_drop(int32_t self);
IMPORT("wasi:io/streams", "[resource-drop]output-stream") void output_drop(int32_t self);
IMPORT("wasi:io/error", "[resource-drop]error") void error_drop(int32_t self);
IMPORT("wasi:io/poll", "poll") void wait_for(const int32_t *pollables, uint32_t count, list *out);
IMPORT("wasi:io/poll", "[resource-drop]pollable") void pollable_drop(int32_t self);
IMPORT("wasi:clocks/wall-clock", "now") void wall_now(datetime *out);
IMPORT("wasi:clocks/monotonic-clock", "now") uint64_t monotonic_now(void);
IMPORT("wasi:clocks/monotonic-clock", "subscribe-duration") int32_t subscribe_duration(uint64_t nanoseconds);
IMPORT("wasi:random/random", "get-random-bytes") void get_random_bytes(uint64_t length, list *out);
IMPORT("wasi:random/random", "get-random-u64") uint64_t get_random_u64(void);
IMPORT("wasi:random/insecure", "get-insecure-random-bytes") void get_insecure_bytes(uint64_t length, list *out);
IMPORT("wasi:random/insecure", "get-insecure-random-u64") uint64_t get_insecure_u64(void);
IMPORT("wasi:random/insecure-seed", "insecure-seed") void get_insecure_seed(seed *out);
IMPORT("wasi:sockets/instance-network", "instance-network") int32_t instance_network(void);
IMPORT("wasi:sockets/network", "[resource-drop]network") void network_drop(int32_t self);
IMPORT("wasi:sockets/tcp-create-socket", "create-tcp-socket") void create_tcp_socket(int32_t family, made *out);
IMPORT("wasi:sockets/udp-create-socket", "create-udp-socket") void create_udp_socket(int32_t family, made *out);
IMPORT("wasi:sockets/ip-name-lookup", "resolve-addresses")
void resolve_addresses(int32_t network, const char *name, uint32_t length, made *out);

EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size;
  if (size == 0) return (void *)align;
  void *block = realloc(old, size);
  if (!block) __builtin_trap();
  return block;
}

static list listed;

EXPORT("variables") list *variables(void) { return get_environment(&listed), &listed; }
EXPORT("arguments") list *arguments(void) { return get_arguments(&listed), &listed; }
EXPORT("exit") void exit_with_code(uint32_t code) { cli_exit_with_code(code); }
EXPORT("exit-with") void exit_with(int32_t is_error) { cli_exit(is_error); }

EXPORT("read") stream_result *read_stdin(uint64_t limit) {
  static stream_result result;
  int32_t in = get_stdin();
  input_read(in, limit, &result);
  input_drop(in);
  if (result.tag && !result.is_closed) error_drop(result.failure);
  result.tag = !result.tag;
  return &result;
}

static bool write_once(int32_t out, const char *text, uint32_t length) {
  stream_result result;
  output_write(out, text, length, &result);
  if (result.tag && !result.is_closed) error_drop(result.failure);
  return !result.tag;
}

EXPORT("write") uint32_t write_text(const char *text, uint32_t length, uint32_t times, int32_t to_stderr) {
  int32_t out = to_stderr ? get_stderr() : get_stdout();
  uint32_t failures = 0;
  for (uint32_t i = 0; i < times; i++) failures += !write_once(out, text, length);
  output_drop(out);
  return failures;
}

EXPORT("write-and-spin") void write_and_spin(const char *text, uint32_t length) {
  write_once(get_stdout(), text, length);
  for (volatile uint32_t i = 0;; i++) {}
}

EXPORT("terminals") uint32_t terminals(void) {
  maybe in, out;
  get_terminal_stdin(&in);
  get_terminal_stdout(&out);
  return in.is_some + out.is_some;
}

EXPORT("wall") datetime *wall(void) {
  static datetime now;
  return wall_now(&now), &now;
}

EXPORT("monotonic") uint64_t monotonic(void) { return monotonic_now(); }

EXPORT("sleep") uint64_t sleep_for(uint64_t nanoseconds) {
  uint64_t start = monotonic_now();
  int32_t timer = subscribe_duration(nanoseconds);
  wait_for(&timer, 1, &listed);
  free(listed.data);
  pollable_drop(timer);
  return monotonic_now() - start;
}

EXPORT("random-bytes") list *random_bytes(uint64_t length) { return get_random_bytes(length, &listed), &listed; }
EXPORT("random-number") uint64_t random_number(void) { return get_random_u64(); }
EXPORT("insecure-bytes") list *insecure_bytes(uint64_t length) { return get_insecure_bytes(length, &listed), &listed; }
EXPORT("insecure-number") uint64_t insecure_number(void) { return get_insecure_u64(); }

EXPORT("insecure-seed") seed *insecure_seed(void) {
  static seed found;
  return get_insecure_seed(&found), &found;
}

static outcome *outcome_of(made result) {
  static outcome found;
  found = (outcome){result.is_error, result.code};
  return &found;
}

EXPORT("open-tcp") outcome *open_tcp(void) {
  made socket;
  create_tcp_socket(0, &socket);
  return outcome_of(socket);
}

EXPORT("open-udp") outcome *open_udp(void) {
  made socket;
  create_udp_socket(1, &socket);
  return outcome_of(socket);
}

EXPORT("look-up") outcome *look_up(const char *name, uint32_t length) {
  made addresses;
  int32_t network = instance_network();
  resolve_addresses(network, name, length, &addresses);
  network_drop(network);
  return outcome_of(addresses);
}
