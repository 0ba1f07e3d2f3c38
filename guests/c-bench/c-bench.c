// A component in plain C: the canonical ABI written by hand.
//
// Who owns memory: what the host passes was allocated by cabi_realloc and belongs to the callee. What a function
// returns lives until the host has read it; its cabi_post_ function then frees it. Empty strings and lists come without
// memory, so a block is freed only when its length is not zero.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BENCH "loop:guests/bench@0.1.0#"
#define HOST "loop:guests/bench-host@0.1.0"
#define EXPORT(name) __attribute__((export_name(BENCH name)))
#define POST(name) __attribute__((export_name("cabi_post_" BENCH name)))
#define IMPORT(name) __attribute__((import_module(HOST), import_name(name)))

typedef struct {
  char *data;
  uint32_t length;
} string;

typedef struct {
  string *items;
  uint32_t length;
} string_list;

typedef struct {
  uint8_t *data;
  uint32_t length;
} byte_list;

typedef struct {
  double x, y;
} point;

typedef struct {
  string name;
  uint32_t age;
  string_list tags;
} person;

// result<point, string>: the discriminant, then the payload at the alignment of the larger case.
typedef struct {
  uint8_t is_error;
  union {
    point ok;
    string error;
  };
} centroid_result;

_Static_assert(sizeof(person) == 20, "person is laid out as the canonical ABI says");
_Static_assert(sizeof(centroid_result) == 24, "result<point, string> is laid out as the canonical ABI says");

IMPORT("log") void host_log(const char *data, uint32_t length);
IMPORT("tick") uint32_t host_tick(uint32_t x);

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size; // malloc aligns to 16, more than any value needs
  if (size == 0) return (void *)align;
  void *block = realloc(old, size);
  if (!block) __builtin_trap();
  return block;
}

// Also a block of no bytes has an address with an alignment.
static void *allocate(size_t size) { return cabi_realloc(NULL, 0, 8, size); }

static void release(void *block, uint32_t length) {
  if (length > 0) free(block);
}

static void release_strings(string_list list) {
  for (uint32_t i = 0; i < list.length; i++) release(list.items[i].data, list.items[i].length);
  release(list.items, list.length);
}

static string copy(const char *data, uint32_t length) {
  string result = {allocate(length), length};
  memcpy(result.data, data, length);
  return result;
}

EXPORT("add") uint32_t bench_add(uint32_t a, uint32_t b) { return a + b; }
EXPORT("subtract") uint32_t bench_subtract(uint32_t a, uint32_t b) { return a - b; }
EXPORT("multiply") uint32_t bench_multiply(uint32_t a, uint32_t b) { return a * b; }

// Takes the name, gives the greeting.
static string greeting(const char *hello, char *name, uint32_t length) {
  string result = {allocate(length + 8), length + 8};
  memcpy(result.data, hello, 7);
  memcpy(result.data + 7, name, length);
  result.data[length + 7] = '!';
  release(name, length);
  return result;
}

EXPORT("greet") string *bench_greet(char *name, uint32_t length) {
  static string result;
  result = greeting("Hello, ", name, length);
  return &result;
}
POST("greet") void post_greet(string *result) { release(result->data, result->length); }

EXPORT("shout") string *bench_shout(char *name, uint32_t length) {
  static string result;
  result = greeting("HELLO, ", name, length);
  return &result;
}
POST("shout") void post_shout(string *result) { release(result->data, result->length); }

EXPORT("log-greet") string *bench_log_greet(char *name, uint32_t length) {
  static string result;
  string text = greeting("Hello, ", name, length);
  host_log(text.data, text.length);
  result = text;
  return &result;
}
POST("log-greet") void post_log_greet(string *result) { release(result->data, result->length); }

EXPORT("birthday") person *bench_birthday(char *name, uint32_t name_length, uint32_t age, string *tags, uint32_t tag_count) {
  static person result;
  result = (person){{name, name_length}, age + 1, {tags, tag_count}};
  return &result;
}
POST("birthday") void post_birthday(person *result) {
  release(result->name.data, result->name.length);
  release_strings(result->tags);
}

static uint32_t count_words(const char *text, uint32_t length) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < length; i++) count += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
  return count;
}

EXPORT("words") string_list *bench_words(char *text, uint32_t length) {
  static string_list result;
  uint32_t count = count_words(text, length), filled = 0;
  string *items = allocate(count * sizeof *items);
  for (uint32_t start = 0; filled < count;) {
    while (text[start] == ' ') start++;
    uint32_t end = start;
    while (end < length && text[end] != ' ') end++;
    items[filled++] = copy(text + start, end - start);
    start = end;
  }
  release(text, length);
  result = (string_list){items, count};
  return &result;
}
POST("words") void post_words(string_list *result) { release_strings(*result); }

EXPORT("checksum") uint32_t bench_checksum(uint8_t *data, uint32_t length) {
  uint32_t sum = 0, sums = 0;
  for (uint32_t i = 0; i < length; i++) sums += sum += data[i];
  release(data, length);
  return sums;
}

EXPORT("reverse-bytes") byte_list *bench_reverse_bytes(uint8_t *data, uint32_t length) {
  static byte_list result;
  for (uint32_t i = 0, j = length; i + 1 < j; i++) {
    uint8_t byte = data[i];
    data[i] = data[--j];
    data[j] = byte;
  }
  result = (byte_list){data, length};
  return &result;
}
POST("reverse-bytes") void post_reverse_bytes(byte_list *result) { release(result->data, result->length); }

EXPORT("centroid") centroid_result *bench_centroid(point *points, uint32_t length) {
  static centroid_result result;
  if (length == 0) {
    result = (centroid_result){.is_error = 1, .error = copy("no points", 9)};
    return &result;
  }
  point sum = {0, 0};
  for (uint32_t i = 0; i < length; i++) {
    sum.x += points[i].x;
    sum.y += points[i].y;
  }
  release(points, length);
  result = (centroid_result){.is_error = 0, .ok = {sum.x / length, sum.y / length}};
  return &result;
}
POST("centroid") void post_centroid(centroid_result *result) {
  if (result->is_error) release(result->error.data, result->error.length);
}

EXPORT("call-host") uint32_t bench_call_host(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) sum += host_tick(i);
  return sum;
}

EXPORT("fib") uint32_t bench_fib(uint32_t n) { return n < 2 ? n : bench_fib(n - 1) + bench_fib(n - 2); }
