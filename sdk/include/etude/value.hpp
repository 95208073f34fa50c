// Values as an experiment file gives them, each knowing where it came from.
#pragma once

#include <cstdint>
#include <etude/api.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace etude {

/// Where a value was written: a file's line and column (from 1), or a source without lines ("--set", "default").
struct ETUDE_API Origin {
  std::string source = "default";
  int line = 0;
  int column = 0;

  /// "mine.toml:14:3", or the source alone where there is no line.
  std::string text() const;
};

class Value;
struct Entry;

using Array = std::vector<Value>;

/// Keys and values in the order in which they were written. Small: look-up is linear.
class ETUDE_API Table {
 public:
  Table();
  Table(std::initializer_list<Entry> entries);
  // Out of line, as are empty() and size(): an Entry holds a Value, a Value may hold a Table, and here neither is complete.
  Table(const Table& other);
  Table(Table&& other) noexcept;
  Table& operator=(const Table& other);
  Table& operator=(Table&& other) noexcept;
  ~Table();

  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// Adds the key at the end, or replaces its value in place.
  void set(std::string key, Value value);
  void erase(std::string_view key);

  bool empty() const;
  std::size_t size() const;
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }

  bool operator==(const Table& other) const;

 private:
  std::vector<Entry> entries_;
};

/// A boolean, integer, floating-point number, string, array or table. Equality ignores origins.
class ETUDE_API Value {
 public:
  using Data = std::variant<bool, std::int64_t, double, std::string, Array, Table>;

  Value() = default;
  Value(bool value, Origin origin = {});
  Value(std::int64_t value, Origin origin = {});
  Value(int value, Origin origin = {});
  Value(double value, Origin origin = {});
  Value(std::string value, Origin origin = {});
  Value(const char* value, Origin origin = {});
  Value(Array value, Origin origin = {});
  Value(Table value, Origin origin = {});

  const Data& data() const { return data_; }
  const Origin& origin() const { return origin_; }
  void set_origin(Origin origin) { origin_ = std::move(origin); }

  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&data_);
  }
  template <class T>
  T* get_if() {
    return std::get_if<T>(&data_);
  }

  /// "boolean", "integer", "number", "string", "array" or "table".
  std::string_view type_name() const;
  /// The value as TOML would write it on one line.
  std::string toml() const;

  bool operator==(const Value& other) const;

 private:
  Data data_{false};
  Origin origin_;
};

/// A key with its own place in the file, and its value.
struct ETUDE_API Entry {
  std::string key;
  Value value;
  Origin key_origin{};

  bool operator==(const Entry& other) const { return key == other.key && value == other.value; }
};

/// Something wrong with a value: where, what, and what to do.
struct Problem {
  Origin origin;
  std::string message;
  std::string remedy;
};

/// "did you mean n_head?" candidates: the nearest of `known` to `word` by edit distance, or nothing that is near enough.
ETUDE_API std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace etude
