// Uses files as it is told, one command after the other. What a name in capitals stands for:
//   AT     the number of a descriptor: directories that the guest was given come first, what it opens follows
//   PATH   a path from there; `%20` for a space, `%00` for a zero byte, `%` alone for the empty path
//   FLAGS  of: f follow links · c create · d directory · x exclusive · t truncate · r read · w write · m mutate
//
//   directories            the paths of the directories given, in order
//   open AT PATH FLAGS     the number of the new descriptor
//   close AT
//   peek AT PATH FLAGS     opens, reads and closes
//   read AT OFFSET LENGTH  the bytes, and ` (end)` at the end
//   write AT OFFSET TEXT   how many bytes
//   cat AT                 everything, by a stream
//   put AT OFFSET TEXT     by a stream
//   append AT TEXT         by a stream
//   list AT                names with the first letter of each type, in the order of the system
//   type AT · flags AT · size AT · sync AT · sync-data AT · advise AT · times AT SECONDS
//   stat AT PATH FLAGS     type and size
//   resize AT SIZE
//   mkdir AT PATH · rmdir AT PATH · unlink AT PATH · readlink AT PATH
//   symlink AT TARGET PATH
//   rename AT PATH AT PATH
//   link AT PATH AT PATH FLAGS
//   touch AT PATH SECONDS FLAGS
//   same AT AT             true or false
//   hash AT PATH           equal for one object
//   repeat N COMMAND…      how often each answer came
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TYPES "wasi:filesystem/types@0.2.12"
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define METHOD(name) IMPORT(TYPES, "[method]descriptor." name)

typedef struct {
  char *data;
  uint32_t length;
} string;

typedef struct {
  string *items;
  uint32_t length;
} string_list;

typedef struct {
  int32_t descriptor;
  string path;
} directory;

typedef struct {
  directory *items;
  uint32_t length;
} directory_list;

// result<_, error-code>, and one whose ok is as small
typedef struct {
  uint8_t is_error;
  uint8_t code;
} small_result;

// result<own or string or list, error-code>, and the same with stream-error: closed is code 1 there
typedef struct {
  uint8_t is_error;
  union {
    uint8_t code;
    int32_t handle;
    struct {
      string text;
      uint8_t is_end;
    };
    struct {
      uint8_t is_closed;
      int32_t failure;
    };
    struct { // option<directory-entry>
      uint8_t is_some;
      _Alignas(4) uint8_t type;
      string name;
    };
  };
} result;

// result<u64 or record of u64, error-code>
typedef struct {
  uint8_t is_error;
  union {
    uint8_t code;
    uint64_t number;
    struct {
      uint64_t lower, upper;
    };
    struct {
      uint8_t type;
      uint64_t link_count, size;
      struct {
        uint8_t is_some;
        uint64_t seconds;
        uint32_t nanoseconds;
      } times[3];
    } stat;
  };
} wide_result;

_Static_assert(sizeof(result) == 20 && sizeof(wide_result) == 104, "results are laid out as the canonical ABI says");

IMPORT("wasi:filesystem/preopens@0.2.12", "get-directories") void get_directories(directory_list *out);
METHOD("read-via-stream") void read_via_stream(int32_t self, uint64_t offset, result *out);
METHOD("write-via-stream") void write_via_stream(int32_t self, uint64_t offset, result *out);
METHOD("append-via-stream") void append_via_stream(int32_t self, result *out);
METHOD("advise") void advise(int32_t self, uint64_t offset, uint64_t length, int32_t advice, small_result *out);
METHOD("sync-data") void sync_data(int32_t self, small_result *out);
METHOD("sync") void sync_all(int32_t self, small_result *out);
METHOD("get-flags") void get_flags(int32_t self, small_result *out);
METHOD("get-type") void get_type(int32_t self, small_result *out);
METHOD("set-size") void set_size(int32_t self, uint64_t size, small_result *out);
METHOD("set-times") void set_times(int32_t self, int32_t a, uint64_t as, int32_t an, int32_t m, uint64_t ms, int32_t mn, small_result *out);
METHOD("read") void read_at(int32_t self, uint64_t length, uint64_t offset, result *out);
METHOD("write") void write_at(int32_t self, const char *data, uint32_t length, uint64_t offset, wide_result *out);
METHOD("read-directory") void read_directory(int32_t self, result *out);
METHOD("create-directory-at") void create_directory_at(int32_t self, const char *path, uint32_t length, small_result *out);
METHOD("stat") void stat_self(int32_t self, wide_result *out);
METHOD("stat-at") void stat_at(int32_t self, int32_t flags, const char *path, uint32_t length, wide_result *out);
METHOD("set-times-at") void set_times_at(int32_t self, int32_t flags, const char *path, uint32_t length, int32_t a, uint64_t as, int32_t an, int32_t m, uint64_t ms, int32_t mn, small_result *out);
METHOD("link-at") void link_at(int32_t self, int32_t flags, const char *old, uint32_t old_length, int32_t to, const char *new, uint32_t new_length, small_result *out);
METHOD("open-at") void open_at(int32_t self, int32_t path_flags, const char *path, uint32_t length, int32_t open_flags, int32_t flags, result *out);
METHOD("readlink-at") void readlink_at(int32_t self, const char *path, uint32_t length, result *out);
METHOD("remove-directory-at") void remove_directory_at(int32_t self, const char *path, uint32_t length, small_result *out);
METHOD("rename-at") void rename_at(int32_t self, const char *old, uint32_t old_length, int32_t to, const char *new, uint32_t new_length, small_result *out);
METHOD("symlink-at") void symlink_at(int32_t self, const char *old, uint32_t old_length, const char *new, uint32_t new_length, small_result *out);
METHOD("unlink-file-at") void unlink_file_at(int32_t self, const char *path, uint32_t length, small_result *out);
METHOD("is-same-object") int32_t is_same_object(int32_t self, int32_t other);
METHOD("metadata-hash") void metadata_hash(int32_t self, wide_result *out);
METHOD("metadata-hash-at") void metadata_hash_at(int32_t self, int32_t flags, const char *path, uint32_t length, wide_result *out);
IMPORT(TYPES, "[method]directory-entry-stream.read-directory-entry") void read_entry(int32_t self, result *out);
IMPORT(TYPES, "filesystem-error-code") void filesystem_error_code(int32_t error, small_result *out);
IMPORT(TYPES, "[resource-drop]descriptor") void descriptor_drop(int32_t self);
IMPORT(TYPES, "[resource-drop]directory-entry-stream") void entries_drop(int32_t self);
IMPORT("wasi:io/streams@0.2.12", "[method]input-stream.blocking-read") void input_read(int32_t self, uint64_t limit, result *out);
IMPORT("wasi:io/streams@0.2.12", "[method]output-stream.blocking-write-and-flush") void output_write(int32_t self, const char *data, uint32_t length, result *out);
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

static const char *const ERRORS[] = {
  "access", "would-block", "already", "bad-descriptor", "busy", "deadlock", "quota", "exist", "file-too-large",
  "illegal-byte-sequence", "in-progress", "interrupted", "invalid", "io", "is-directory", "loop", "too-many-links",
  "message-size", "name-too-long", "no-device", "no-entry", "no-lock", "insufficient-memory", "insufficient-space",
  "not-directory", "not-empty", "not-recoverable", "unsupported", "no-tty", "no-such-device", "overflow",
  "not-permitted", "pipe", "read-only", "invalid-seek", "text-file-busy", "cross-device",
};
static const char TYPE_LETTERS[] = "?bcdplfs";

#define MAX_WORDS 8
#define MAX_DESCRIPTORS 4096

static int32_t descriptors[MAX_DESCRIPTORS];
static uint32_t descriptor_count, given_count;
static directory_list given;

// The answer to one command, which grows.
static string answer;
static uint32_t room;

static void say(const char *data, uint32_t length) {
  if (answer.length + length > room) {
    room = (answer.length + length) * 2;
    answer.data = cabi_realloc(answer.data, 0, 1, room);
  }
  memcpy(answer.data + answer.length, data, length);
  answer.length += length;
}

static void say_text(const char *text) { say(text, strlen(text)); }

static void say_number(uint64_t number) {
  char digits[20], *first = digits + sizeof digits;
  do *--first = '0' + number % 10;
  while (number /= 10);
  say(first, digits + sizeof digits - first);
}

static void say_freed(string text) {
  say(text.data, text.length);
  if (text.length > 0) free(text.data);
}

// Gives whether it failed.
static bool failed(uint8_t is_error, uint8_t code) {
  if (!is_error) return false;
  say_text("error ");
  say_text(code < sizeof ERRORS / sizeof *ERRORS ? ERRORS[code] : "?");
  return true;
}

static void done(const small_result *result) {
  if (!failed(result->is_error, result->code)) say_text("ok");
}

// A stream has failed or is closed. What failed is told by the file system.
static void say_stream_failure(const result *found) {
  if (found->is_closed) return say_text("error closed");
  small_result code;
  filesystem_error_code(found->failure, &code);
  if (!code.is_error) say_text("error of a stream");
  else failed(1, code.code);
  error_drop(found->failure);
}

static bool equals(string text, const char *expected) {
  return text.length == strlen(expected) && memcmp(text.data, expected, text.length) == 0;
}

static bool has(string flags, char letter) { return memchr(flags.data, letter, flags.length) != NULL; }

static uint64_t number_of(string digits) {
  uint64_t number = 0;
  for (uint32_t i = 0; i < digits.length; i++) number = number * 10 + (uint8_t)(digits.data[i] - '0');
  return number;
}

static uint8_t hex(char digit) { return digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10; }

// Replaces %XX by a byte, in place; one % alone is the empty text.
static string decoded(string word) {
  if (equals(word, "%")) return (string){word.data, 0};
  uint32_t length = 0;
  for (uint32_t i = 0; i < word.length; i++) {
    char c = word.data[i];
    if (c == '%' && i + 2 < word.length) {
      c = hex(word.data[i + 1]) * 16 + hex(word.data[i + 2]);
      i += 2;
    }
    word.data[length++] = c;
  }
  return (string){word.data, length};
}

static int32_t at(string word) {
  uint64_t number = number_of(word);
  if (number >= descriptor_count) __builtin_trap();
  return descriptors[number];
}

static int32_t path_flags(string flags) { return has(flags, 'f'); }

static void list(int32_t self) {
  result found, entry;
  read_directory(self, &found);
  if (failed(found.is_error, found.code)) return;
  for (bool is_first = true;; is_first = false) {
    read_entry(found.handle, &entry);
    if (failed(entry.is_error, entry.code) || !entry.is_some) break;
    if (!is_first) say_text(" ");
    say(&TYPE_LETTERS[entry.type], 1);
    say_text(":");
    say_freed(entry.name);
  }
  entries_drop(found.handle);
}

static void cat(int32_t self) {
  result stream, part;
  read_via_stream(self, 0, &stream);
  if (failed(stream.is_error, stream.code)) return;
  for (;;) {
    input_read(stream.handle, 4096, &part);
    if (part.is_error) break;
    say_freed(part.text);
  }
  if (!part.is_closed) say_stream_failure(&part);
  input_drop(stream.handle);
}

static void put(const result *stream, string text) {
  if (failed(stream->is_error, stream->code)) return;
  result found;
  output_write(stream->handle, text.data, text.length, &found);
  if (found.is_error) say_stream_failure(&found);
  else say_text("ok");
  output_drop(stream->handle);
}

static void open(string *words) {
  string path = decoded(words[2]), flags = words[3];
  int32_t open_flags = has(flags, 'c') | has(flags, 'd') << 1 | has(flags, 'x') << 2 | has(flags, 't') << 3;
  int32_t descriptor_flags = has(flags, 'r') | has(flags, 'w') << 1 | has(flags, 'm') << 5;
  result found;
  open_at(at(words[1]), path_flags(flags), path.data, path.length, open_flags, descriptor_flags, &found);
  if (failed(found.is_error, found.code)) return;
  if (descriptor_count == MAX_DESCRIPTORS) __builtin_trap();
  say_number(descriptor_count);
  descriptors[descriptor_count++] = found.handle;
}

static void peek(string *words) {
  string path = decoded(words[2]), flags = words[3];
  result opened, found;
  open_at(at(words[1]), path_flags(flags), path.data, path.length, 0, 1, &opened);
  if (failed(opened.is_error, opened.code)) return;
  read_at(opened.handle, 64, 0, &found);
  if (!failed(found.is_error, found.code)) say_freed(found.text);
  descriptor_drop(opened.handle);
}

static void stat(string *words) {
  string path = decoded(words[2]);
  wide_result found;
  stat_at(at(words[1]), path_flags(words[3]), path.data, path.length, &found);
  if (failed(found.is_error, found.code)) return;
  say(&TYPE_LETTERS[found.stat.type], 1);
  say_text(" ");
  say_number(found.stat.size);
}

static void times(string *words) {
  wide_result found;
  small_result set;
  uint64_t seconds = number_of(words[2]);
  set_times(at(words[1]), 0, 0, 0, 2, seconds, 0, &set);
  if (failed(set.is_error, set.code)) return;
  stat_self(at(words[1]), &found);
  if (!failed(found.is_error, found.code)) say_number(found.stat.times[1].seconds);
}

static void hash(string *words) {
  string path = decoded(words[2]);
  wide_result found;
  if (path.length == 0) metadata_hash(at(words[1]), &found);
  else metadata_hash_at(at(words[1]), 0, path.data, path.length, &found);
  if (!failed(found.is_error, found.code)) say_number(found.lower ^ found.upper);
}

static void read_bytes(string *words) {
  result found;
  read_at(at(words[1]), number_of(words[3]), number_of(words[2]), &found);
  if (failed(found.is_error, found.code)) return;
  say_freed(found.text);
  if (found.is_end) say_text(" (end)");
}

static void write_bytes(string *words) {
  string text = decoded(words[3]);
  wide_result found;
  write_at(at(words[1]), text.data, text.length, number_of(words[2]), &found);
  if (!failed(found.is_error, found.code)) say_number(found.number);
}

// What works on an open file or directory alone.
static bool run_on_descriptor(string *words) {
  string name = words[0];
  small_result small;
  result found;
  if (equals(name, "read")) read_bytes(words);
  else if (equals(name, "write")) write_bytes(words);
  else if (equals(name, "cat")) cat(at(words[1]));
  else if (equals(name, "put")) write_via_stream(at(words[1]), number_of(words[2]), &found), put(&found, decoded(words[3]));
  else if (equals(name, "append")) append_via_stream(at(words[1]), &found), put(&found, decoded(words[2]));
  else if (equals(name, "list")) list(at(words[1]));
  else if (equals(name, "times")) times(words);
  else if (equals(name, "resize")) set_size(at(words[1]), number_of(words[2]), &small), done(&small);
  else if (equals(name, "sync")) sync_all(at(words[1]), &small), done(&small);
  else if (equals(name, "sync-data")) sync_data(at(words[1]), &small), done(&small);
  else if (equals(name, "advise")) advise(at(words[1]), 0, 0, 3, &small), done(&small);
  else if (equals(name, "same")) say_text(is_same_object(at(words[1]), at(words[2])) ? "true" : "false");
  else if (equals(name, "close")) descriptor_drop(at(words[1])), say_text("ok");
  else if (equals(name, "type")) {
    get_type(at(words[1]), &small);
    if (!failed(small.is_error, small.code)) say(&TYPE_LETTERS[small.code], 1);
  } else if (equals(name, "flags")) {
    get_flags(at(words[1]), &small);
    if (!failed(small.is_error, small.code)) say_number(small.code);
  } else return false;
  return true;
}

static bool run_on_path(string *words) {
  string name = words[0];
  int32_t self = at(words[1]);
  if (equals(name, "open")) return open(words), true;
  if (equals(name, "peek")) return peek(words), true;
  if (equals(name, "stat")) return stat(words), true;
  if (equals(name, "hash")) return hash(words), true;
  string path = decoded(words[2]);
  small_result small;
  result found;
  if (equals(name, "mkdir")) create_directory_at(self, path.data, path.length, &small);
  else if (equals(name, "rmdir")) remove_directory_at(self, path.data, path.length, &small);
  else if (equals(name, "unlink")) unlink_file_at(self, path.data, path.length, &small);
  else if (equals(name, "touch"))
    set_times_at(self, path_flags(words[4]), path.data, path.length, 1, 0, 0, 2, number_of(words[3]), 0, &small);
  else if (equals(name, "symlink")) {
    string link = decoded(words[3]);
    symlink_at(self, path.data, path.length, link.data, link.length, &small);
  } else if (equals(name, "rename") || equals(name, "link")) {
    string to = decoded(words[4]);
    if (equals(name, "rename")) rename_at(self, path.data, path.length, at(words[3]), to.data, to.length, &small);
    else link_at(self, path_flags(words[5]), path.data, path.length, at(words[3]), to.data, to.length, &small);
  } else if (equals(name, "readlink")) {
    readlink_at(self, path.data, path.length, &found);
    if (!failed(found.is_error, found.code)) say_freed(found.text);
    return true;
  } else return false;
  done(&small);
  return true;
}

static string run(string command);

// Counts the different answers, of which there are few.
static void repeat(string command) {
  struct {
    string text;
    uint32_t count;
  } kinds[8] = {0};
  char *space = memchr(command.data, ' ', command.length);
  if (!space) __builtin_trap();
  uint64_t times = number_of((string){command.data, space - command.data});
  string rest = {space + 1, command.length - (space + 1 - command.data)};
  for (uint64_t i = 0; i < times; i++) {
    string copy = {cabi_realloc(NULL, 0, 1, rest.length), rest.length};
    memcpy(copy.data, rest.data, rest.length);
    uint32_t before = descriptor_count;
    string text = run(copy);
    if (descriptor_count > before) {
      descriptor_drop(descriptors[--descriptor_count]);
      text = (string){"opened", 6};
    }
    free(copy.data);
    for (uint32_t k = 0; k < 8; k++) {
      if (kinds[k].count > 0 && (kinds[k].text.length != text.length || memcmp(kinds[k].text.data, text.data, text.length) != 0)) continue;
      if (kinds[k].count++ == 0) kinds[k].text = text;
      break;
    }
  }
  answer = (string){0};
  room = 0;
  for (uint32_t k = 0; k < 8 && kinds[k].count > 0; k++) {
    if (k > 0) say_text(", ");
    say_number(kinds[k].count);
    say_text(" ");
    say(kinds[k].text.data, kinds[k].text.length);
  }
}

// The command's own text is changed.
static string run(string command) {
  answer = (string){0};
  room = 0;
  if (command.length > 7 && memcmp(command.data, "repeat ", 7) == 0) {
    repeat((string){command.data + 7, command.length - 7});
    return answer;
  }
  string words[MAX_WORDS] = {0};
  uint32_t count = 0;
  char *from = command.data, *end = command.data + command.length;
  for (char *to = from; count < MAX_WORDS; to++) {
    if (to < end && *to != ' ') continue;
    words[count++] = (string){from, to - from};
    if (to == end) break;
    from = to + 1;
  }
  // What is left out is empty.
  for (; count < MAX_WORDS; count++) words[count].data = end;
  if (equals(words[0], "directories")) {
    for (uint32_t i = 0; i < given_count; i++) {
      if (i > 0) say_text(" ");
      say(given.items[i].path.data, given.items[i].path.length);
    }
  } else if (!run_on_descriptor(words) && !run_on_path(words)) say_text("error of the test: no such command");
  return answer;
}

static string_list answers;

__attribute__((export_name("run"))) string_list *run_all(string *commands, uint32_t length) {
  static bool is_ready;
  if (!is_ready) {
    is_ready = true;
    get_directories(&given);
    given_count = given.length;
    for (uint32_t i = 0; i < given_count; i++) descriptors[descriptor_count++] = given.items[i].descriptor;
  }
  answers = (string_list){cabi_realloc(NULL, 0, 4, length * sizeof(string)), length};
  for (uint32_t i = 0; i < length; i++) answers.items[i] = run(commands[i]);
  return &answers;
}
