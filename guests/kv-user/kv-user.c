// A user of wasi:keyvalue in plain C: what stores look like when nothing is hidden. See world.wit for what it exports.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
// After the caller has read a result, nothing of the call is needed any more.
#define EXPORT_AND_CLEAR(name) \
  __attribute__((export_name("cabi_post_" name))) void CONCAT(clear_, __LINE__)(void *result) { \
    (void)result; \
    top = &__heap_base; \
  } \
  EXPORT(name)
#define CONCAT(a, b) CONCAT_(a, b)
#define CONCAT_(a, b) a##b

typedef struct {
  const char *data;
  uint32_t length;
} text; // string, list<u8>, and lists of other things by their first byte

typedef struct {
  uint8_t tag; // no-such-store, access-denied, other
  text other;
} store_error;

// Every result of a store but two is laid out so: 16 bytes, what it holds at 4.
typedef struct {
  uint8_t is_error;
  union {
    store_error error;
    int32_t handle;
    uint8_t flag;
    text list;
    struct {
      uint8_t is_some;
      text bytes;
    } option;
  };
} store_result;

typedef struct {
  uint8_t is_error;
  union {
    store_error error;
    struct {
      text keys;
      uint8_t has_cursor;
      text cursor;
    };
  };
} keys_result;

typedef struct {
  uint8_t is_error;
  union {
    _Alignas(8) store_error error;
    int64_t sum;
  };
} increment_result;

typedef struct {
  uint8_t is_error;
  _Alignas(4) uint8_t is_lost; // cas-error: store-error or cas-failed
  union {
    store_error error;
    int32_t cas;
  };
} swap_result;

// What this component's functions give: 16 bytes at most.
typedef struct {
  uint8_t is_error;
  union {
    text error, list;
    uint8_t flag;
    struct {
      uint8_t is_some;
      text bytes;
    } option;
  };
} result;

typedef struct {
  uint8_t is_error;
  union {
    _Alignas(8) text error;
    int64_t sum;
  };
} sum_result;

_Static_assert(sizeof(store_result) == 16 && sizeof(keys_result) == 24, "results are laid out as the canonical ABI says");
_Static_assert(sizeof(increment_result) == 24 && sizeof(swap_result) == 20, "results are laid out as the canonical ABI says");

#define STORE "wasi:keyvalue/store@0.2.0-draft2"
#define ATOMICS "wasi:keyvalue/atomics@0.2.0-draft2"
#define BATCH "wasi:keyvalue/batch@0.2.0-draft2"
IMPORT(STORE, "open") void store_open(const char *name, uint32_t length, store_result *out);
IMPORT(STORE, "[resource-drop]bucket") void bucket_drop(int32_t self);
IMPORT(STORE, "[method]bucket.get") void bucket_get(int32_t self, const char *key, uint32_t length, store_result *out);
IMPORT(STORE, "[method]bucket.set")
void bucket_set(int32_t self, const char *key, uint32_t length, const char *data, uint32_t size, store_result *out);
IMPORT(STORE, "[method]bucket.delete") void bucket_delete(int32_t self, const char *key, uint32_t length, store_result *out);
IMPORT(STORE, "[method]bucket.exists") void bucket_exists(int32_t self, const char *key, uint32_t length, store_result *out);
IMPORT(STORE, "[method]bucket.list-keys")
void bucket_list(int32_t self, uint32_t has_cursor, const char *cursor, uint32_t length, keys_result *out);
IMPORT(ATOMICS, "increment")
void store_increment(int32_t bucket, const char *key, uint32_t length, int64_t delta, increment_result *out);
IMPORT(ATOMICS, "[static]cas.new") void cas_new(int32_t bucket, const char *key, uint32_t length, store_result *out);
IMPORT(ATOMICS, "[method]cas.current") void cas_current(int32_t self, store_result *out);
IMPORT(ATOMICS, "[resource-drop]cas") void cas_drop(int32_t self);
IMPORT(ATOMICS, "swap") void store_swap(int32_t cas, const char *data, uint32_t length, swap_result *out);
IMPORT(BATCH, "get-many") void store_get_many(int32_t bucket, const char *keys, uint32_t count, store_result *out);
IMPORT(BATCH, "set-many") void store_set_many(int32_t bucket, const char *entries, uint32_t count, store_result *out);
IMPORT(BATCH, "delete-many") void store_delete_many(int32_t bucket, const char *keys, uint32_t count, store_result *out);

// Everything of one call stands in a row, and is forgotten at its end.
extern char __heap_base;
static char *top = &__heap_base;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, uint32_t old_size, uint32_t align, uint32_t size) {
  char *block = (char *)(((uintptr_t)top + align - 1) & ~(uintptr_t)(align - 1));
  uintptr_t end = (uintptr_t)block + size, have = __builtin_wasm_memory_size(0) * 65536;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) / 65536) == (uintptr_t)-1) __builtin_trap();
  top = block + size;
  if (old_size > 0) memcpy(block, old, old_size < size ? old_size : size);
  return block;
}

static text text_of(const store_error *error) {
  if (error->tag == 0) return (text){"no-such-store", 13};
  if (error->tag == 1) return (text){"access-denied", 13};
  return error->other;
}

// Results stand here until the caller has read them. Calls come one after the other.
static result answer;

static bool failed(const store_result *from) {
  answer = (result){.is_error = from->is_error};
  if (from->is_error) answer.error = text_of(&from->error);
  return from->is_error;
}

static bool open(const char *store, uint32_t store_length, int32_t *bucket) {
  store_result opened;
  store_open(store, store_length, &opened);
  if (failed(&opened)) return false;
  *bucket = opened.handle;
  return true;
}

EXPORT_AND_CLEAR("get") result *get(const char *store, uint32_t store_length, const char *key, uint32_t key_length) {
  int32_t bucket;
  store_result got;
  if (!open(store, store_length, &bucket)) return &answer;
  bucket_get(bucket, key, key_length, &got);
  bucket_drop(bucket);
  if (failed(&got)) return &answer;
  answer.option.is_some = got.option.is_some;
  answer.option.bytes = got.option.bytes;
  return &answer;
}

EXPORT_AND_CLEAR("set")
result *set(const char *store, uint32_t store_length, const char *key, uint32_t key_length, const char *data, uint32_t size) {
  int32_t bucket;
  store_result done;
  if (!open(store, store_length, &bucket)) return &answer;
  bucket_set(bucket, key, key_length, data, size, &done);
  bucket_drop(bucket);
  failed(&done);
  return &answer;
}

EXPORT_AND_CLEAR("set-and-loop")
result *set_and_loop(
  const char *store, uint32_t store_length, const char *key, uint32_t key_length, const char *data, uint32_t size
) {
  result *done = set(store, store_length, key, key_length, data, size);
  if (done->is_error) return done;
  for (volatile int i = 0;; i++) continue;
}

EXPORT_AND_CLEAR("delete") result *delete(const char *store, uint32_t store_length, const char *key, uint32_t key_length) {
  int32_t bucket;
  store_result done;
  if (!open(store, store_length, &bucket)) return &answer;
  bucket_delete(bucket, key, key_length, &done);
  bucket_drop(bucket);
  failed(&done);
  return &answer;
}

EXPORT_AND_CLEAR("exists") result *exists(const char *store, uint32_t store_length, const char *key, uint32_t key_length) {
  int32_t bucket;
  store_result done;
  if (!open(store, store_length, &bucket)) return &answer;
  bucket_exists(bucket, key, key_length, &done);
  bucket_drop(bucket);
  if (!failed(&done)) answer.flag = done.flag;
  return &answer;
}

static void list_pages(int32_t bucket) {
  text all = {0};
  keys_result page = {0};
  do {
    bucket_list(bucket, page.has_cursor, page.cursor.data, page.cursor.length, &page);
    answer = (result){.is_error = page.is_error};
    if (page.is_error) {
      answer.error = text_of(&page.error);
      return;
    }
    uint32_t before = all.length * sizeof(text), more = page.keys.length * sizeof(text);
    all.data = cabi_realloc((void *)all.data, before, 4, before + more);
    memcpy((char *)all.data + before, page.keys.data, more);
    all.length += page.keys.length;
  } while (page.has_cursor);
  answer.list = all;
}

EXPORT_AND_CLEAR("keys") result *keys(const char *store, uint32_t store_length) {
  int32_t bucket;
  if (!open(store, store_length, &bucket)) return &answer;
  list_pages(bucket);
  bucket_drop(bucket);
  return &answer;
}

EXPORT_AND_CLEAR("increment")
sum_result *increment(const char *store, uint32_t store_length, const char *key, uint32_t key_length, int64_t delta) {
  static sum_result sum;
  int32_t bucket;
  increment_result done;
  sum = (sum_result){.is_error = true};
  if (!open(store, store_length, &bucket)) {
    sum.error = answer.error;
    return &sum;
  }
  store_increment(bucket, key, key_length, delta, &done);
  bucket_drop(bucket);
  if (done.is_error) sum.error = text_of(&done.error);
  else sum = (sum_result){.sum = done.sum};
  return &sum;
}

static void swap_in(int32_t bucket, text key, text value, bool race) {
  store_result looked, current, written;
  swap_result swapped;
  cas_new(bucket, key.data, key.length, &looked);
  if (failed(&looked)) return;
  cas_current(looked.handle, &current);
  if (race) bucket_set(bucket, key.data, key.length, "rival", 5, &written);
  store_swap(looked.handle, value.data, value.length, &swapped);
  if (!swapped.is_error) {
    answer.flag = true;
  } else if (swapped.is_lost) {
    cas_drop(swapped.cas);
    answer.flag = false;
  } else {
    answer.is_error = true;
    answer.error = text_of(&swapped.error);
  }
}

EXPORT_AND_CLEAR("swap")
result *swap(
  const char *store, uint32_t store_length, const char *key, uint32_t key_length, const char *data, uint32_t size, uint32_t race
) {
  int32_t bucket;
  if (!open(store, store_length, &bucket)) return &answer;
  swap_in(bucket, (text){key, key_length}, (text){data, size}, race);
  bucket_drop(bucket);
  return &answer;
}

typedef void batch_call(int32_t bucket, const char *items, uint32_t count, store_result *out);

static result *run_batch(batch_call *call, text store, text items) {
  int32_t bucket;
  store_result done;
  if (!open(store.data, store.length, &bucket)) return &answer;
  call(bucket, items.data, items.length, &done);
  bucket_drop(bucket);
  if (!failed(&done)) answer.list = done.list;
  return &answer;
}

EXPORT_AND_CLEAR("get-many") result *get_many(const char *store, uint32_t length, const char *items, uint32_t count) {
  return run_batch(store_get_many, (text){store, length}, (text){items, count});
}

EXPORT_AND_CLEAR("set-many") result *set_many(const char *store, uint32_t length, const char *items, uint32_t count) {
  return run_batch(store_set_many, (text){store, length}, (text){items, count});
}

EXPORT_AND_CLEAR("delete-many") result *delete_many(const char *store, uint32_t length, const char *items, uint32_t count) {
  return run_batch(store_delete_many, (text){store, length}, (text){items, count});
}
