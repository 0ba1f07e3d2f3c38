// A command in plain C, on WASI 0.2 without an adapter: what `wasi:cli/run` is when nothing is hidden.
//
//   c-hello [ARGUMENT…]   greets, then prints each argument; tells on stderr how many there were
//     --stdin             copies stdin to stdout
//     --fail              `run` returns an error
//     --exit N            ends with the exit code N
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

typedef struct {
  char *data;
  uint32_t length;
} string;

typedef struct {
  string *items;
  uint32_t length;
} string_list;

// result<list<u8>, stream-error> and result<_, stream-error> have one layout but for the list.
typedef struct {
  uint8_t is_error;
  union {
    string bytes;
    struct {
      uint8_t is_closed; // stream-error: last-operation-failed(own<error>) or closed
      int32_t failure;
    };
  };
} stream_result;

_Static_assert(sizeof(stream_result) == 12, "result<list<u8>, stream-error> is laid out as the canonical ABI says");

IMPORT("wasi:cli/environment@0.2.12", "get-arguments") void get_arguments(string_list *out);
IMPORT("wasi:cli/exit@0.2.12", "exit-with-code") _Noreturn void cli_exit(uint32_t code);
IMPORT("wasi:cli/stdin@0.2.12", "get-stdin") int32_t get_stdin(void);
IMPORT("wasi:cli/stdout@0.2.12", "get-stdout") int32_t get_stdout(void);
IMPORT("wasi:cli/stderr@0.2.12", "get-stderr") int32_t get_stderr(void);
IMPORT("wasi:io/streams@0.2.12", "[method]input-stream.blocking-read")
void input_read(int32_t self, uint64_t limit, stream_result *out);
IMPORT("wasi:io/streams@0.2.12", "[method]output-stream.blocking-write-and-flush")
void output_write(int32_t self, const char *data, uint32_t length, stream_result *out);
IMPORT("wasi:io/streams@0.2.12", "[resource-drop]input-stream") void input_drop(int32_t self);
IMPORT("wasi:io/streams@0.2.12", "[resource-drop]output-stream") void output_drop(int32_t self);
IMPORT("wasi:io/error@0.2.12", "[resource-drop]error") void error_drop(int32_t self);

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size;
  if (size == 0) return (void *)align;
  void *block = realloc(old, size);
  if (!block) __builtin_trap();
  return block;
}

// Gives whether the stream can go on.
static bool check(const stream_result *result) {
  if (result->is_error && !result->is_closed) error_drop(result->failure);
  return !result->is_error;
}

// One call may write at most 4096 bytes. A stream that fails is left alone.
static void print(int32_t stream, const char *data, uint32_t length) {
  while (length > 0) {
    stream_result result;
    uint32_t part = length < 4096 ? length : 4096;
    output_write(stream, data, part, &result);
    if (!check(&result)) return;
    data += part;
    length -= part;
  }
}

static void print_count(int32_t stream, uint32_t count) {
  char digits[10], *first = digits + sizeof digits;
  do *--first = '0' + count % 10;
  while (count /= 10);
  print(stream, "arguments: ", 11);
  print(stream, first, digits + sizeof digits - first);
  print(stream, "\n", 1);
}

static void print_line(int32_t stream, const char *label, string text) {
  print(stream, label, strlen(label));
  print(stream, text.data, text.length);
  print(stream, "\n", 1);
}

static void copy_stdin(int32_t out) {
  int32_t in = get_stdin();
  for (;;) {
    stream_result result;
    input_read(in, 65536, &result);
    if (!check(&result)) break; // closed: the end of the input
    print(out, result.bytes.data, result.bytes.length);
    if (result.bytes.length > 0) free(result.bytes.data);
  }
  input_drop(in);
}

static bool equals(string text, const char *expected) {
  return text.length == strlen(expected) && memcmp(text.data, expected, text.length) == 0;
}

static uint32_t parse_number(string digits) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < digits.length; i++) number = number * 10 + (uint8_t)(digits.data[i] - '0');
  return number & 0xff;
}

// The first argument is the command's name.
static bool run(string_list arguments, int32_t out, int32_t err) {
  bool fails = false;
  print(out, "Hello from C!\n", 14);
  for (uint32_t i = 1; i < arguments.length; i++) {
    string argument = arguments.items[i];
    if (equals(argument, "--fail")) fails = true;
    else if (equals(argument, "--stdin")) copy_stdin(out);
    else if (equals(argument, "--exit") && i + 1 < arguments.length) cli_exit(parse_number(arguments.items[i + 1]));
    else print_line(out, "argument: ", argument);
  }
  print_count(err, arguments.length > 0 ? arguments.length - 1 : 0);
  return !fails;
}

__attribute__((export_name("wasi:cli/run@0.2.12#run"))) int32_t cli_run(void) {
  string_list arguments;
  get_arguments(&arguments);
  int32_t out = get_stdout(), err = get_stderr();
  bool is_ok = run(arguments, out, err);
  output_drop(out);
  output_drop(err);
  return !is_ok;
}
