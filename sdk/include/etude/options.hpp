// Options of a part, declared once as a struct with a table of fields. From that table come parsing, defaults, range errors,
// unknown-key errors, `etude describe`, and the record of the resolved configuration.
//
//   struct GruOptions {
//     int64_t hidden_size = 256;
//     static auto fields() {
//       return etude::fields(etude::field(&GruOptions::hidden_size, "hidden_size", "Width of the hidden state",
//       etude::at_least(1)));
//     }
//   };
#pragma once

#include <concepts>
#include <etude/error.hpp>
#include <etude/value.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

namespace etude {

/// What a value must satisfy; of an array, each of its elements. `text` is how `etude describe` and error messages put it ("at
/// least 1", "one of a, b").
struct ETUDE_API Constraint {
  std::string text;
  std::function<bool(const Value&)> holds;
  std::vector<std::string> choices;  ///< of one_of, else empty
  std::optional<double> low, high;   ///< of ranges; the conformance tests draw from them
};
ETUDE_API Constraint at_least(double low);
ETUDE_API Constraint above(double low);
ETUDE_API Constraint between(double low, double high);
/// low <= value < high: a probability that may be zero but not one, say.
ETUDE_API Constraint from_below(double low, double high);
ETUDE_API Constraint one_of(std::vector<std::string> choices);

/// The value must be given; there is no useful default.
struct Required {};
inline constexpr Required required{};
/// The value decides how fast or where, never what comes out: it does not enter a run's id.
struct NoEffectOnResult {};
inline constexpr NoEffectOnResult no_effect_on_result{};

class OptionTable;

/// One path or several: written as a string or as an array of strings.
struct Paths : std::vector<std::filesystem::path> {
  using std::vector<std::filesystem::path>::vector;
};

/// One option: its name, type, default and constraint, and how to read it into the struct and back.
struct ETUDE_API OptionSpec {
  std::string name;
  std::string help;
  std::string
      type;  ///< "boolean", "integer", "number", "string", "path", "array of integers", "path or array of paths", ... or "table"
  Value default_value;
  std::optional<Constraint> constraint;
  bool is_required = false;
  bool affects_result = true;
  std::shared_ptr<const OptionTable> nested;  ///< of a table, else null
  /// Writes the value to the member; false if its type does not fit.
  std::function<bool(void* object, const Value& value)> assign;
  std::function<Value(const void* object)> read;
};

/// The options of a struct, in the order of their declaration.
class ETUDE_API OptionTable {
 public:
  OptionTable() = default;
  explicit OptionTable(std::vector<OptionSpec> specs) : specs_(std::move(specs)) {}

  const OptionSpec* find(std::string_view name) const;
  std::vector<std::string> names() const;
  auto begin() const { return specs_.begin(); }
  auto end() const { return specs_.end(); }
  bool empty() const { return specs_.empty(); }

  /// Assigns `values` to the struct at `object`; what is wrong is added to `problems`, and the member keeps its default.
  /// @param path  the table's full path in the experiment ("architecture"), for messages
  /// @param owner whose options these are, for messages ("gpt"); may be empty
  void parse(void* object, const Table& values, const std::string& path, const std::string& owner,
             std::vector<Problem>& problems) const;
  /// Problems of `values` alone, without a struct. A missing option has no place of its own: its problem's origin has an empty
  /// source, which the caller may fill in.
  std::vector<Problem> check(const Table& values, const std::string& path, const std::string& owner) const;
  /// Every option with its value: the given one, else the default. Integers given for numbers become numbers. Origins are kept.
  Table resolve(const Table& values) const;

 private:
  std::vector<OptionSpec> specs_;
};

/// Throws one Error (Fault::usage) that lists all problems, if there are any.
ETUDE_API void throw_problems(const std::vector<Problem>& problems);

/// A part that has nothing to set.
struct NoOptions {
  static OptionTable fields() { return {}; }
};

namespace detail {

ETUDE_API bool convert(const Value& value, bool& member);
ETUDE_API bool convert(const Value& value, std::int64_t& member);
ETUDE_API bool convert(const Value& value, double& member);
ETUDE_API bool convert(const Value& value, std::string& member);
ETUDE_API bool convert(const Value& value, std::filesystem::path& member);

template <class T>
bool convert(const Value& value, std::vector<T>& member) {
  const auto* array = value.get_if<Array>();
  if (!array) return false;
  std::vector<T> elements(array->size());
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (!convert((*array)[i], elements[i])) return false;
  member = std::move(elements);
  return true;
}

inline bool convert(const Value& value, Paths& member) {
  if (!value.get_if<std::string>()) return convert<std::filesystem::path>(value, member);
  member.resize(1);
  return convert(value, member.front());
}

inline Value to_value(const std::filesystem::path& member) { return Value(member.string()); }
template <class T>
Value to_value(const T& member) {
  return Value(member);
}
template <class T>
Value to_value(const std::vector<T>& member) {
  Array array;
  for (const auto& element : member) array.push_back(to_value(element));
  return Value(std::move(array));
}
inline Value to_value(const Paths& member) { return to_value(static_cast<const std::vector<std::filesystem::path>&>(member)); }

template <class T>
struct TypeName;
template <>
struct TypeName<bool> {
  static std::string get() { return "boolean"; }
};
template <>
struct TypeName<std::int64_t> {
  static std::string get() { return "integer"; }
};
template <>
struct TypeName<double> {
  static std::string get() { return "number"; }
};
template <>
struct TypeName<std::string> {
  static std::string get() { return "string"; }
};
template <>
struct TypeName<std::filesystem::path> {
  static std::string get() { return "path"; }
};
template <>
struct TypeName<Paths> {
  static std::string get() { return "path or array of paths"; }
};
template <class T>
struct TypeName<std::vector<T>> {
  static std::string get() { return "array of " + TypeName<T>::get() + "s"; }
};

inline void apply(OptionSpec& spec, Constraint constraint) { spec.constraint = std::move(constraint); }
inline void apply(OptionSpec& spec, Required) { spec.is_required = true; }
inline void apply(OptionSpec& spec, NoEffectOnResult) { spec.affects_result = false; }

template <class T>
concept HasFields = requires {
  { T::fields() } -> std::convertible_to<OptionTable>;
};

}  // namespace detail

/// Declares one option.
/// @param rest  any of a constraint, etude::required, etude::no_effect_on_result
template <class Struct, class Member, class... Rest>
OptionSpec field(Member Struct::*member, std::string name, std::string help, Rest... rest) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.help = std::move(help);
  if constexpr (detail::HasFields<Member>) {
    spec.type = "table";
    spec.nested = std::make_shared<const OptionTable>(Member::fields());
  } else {
    spec.type = detail::TypeName<Member>::get();
    spec.assign = [member](void* object, const Value& value) {
      return detail::convert(value, static_cast<Struct*>(object)->*member);
    };
  }
  spec.read = [member](const void* object) -> Value {
    const auto& value = static_cast<const Struct*>(object)->*member;
    if constexpr (detail::HasFields<Member>) {
      Table table;
      for (const auto& inner : Member::fields()) table.set(inner.name, inner.read(&value));
      return Value(std::move(table));
    } else {
      return detail::to_value(value);
    }
  };
  if constexpr (detail::HasFields<Member>)
    spec.assign = [member](void* object, const Value& value) {
      const auto* table = value.get_if<Table>();
      std::vector<Problem> ignored;  // reported by OptionTable::parse, which descends by itself
      if (table) Member::fields().parse(&(static_cast<Struct*>(object)->*member), *table, "", "", ignored);
      return table != nullptr;
    };
  const Struct fresh{};
  spec.default_value = spec.read(&fresh);
  (detail::apply(spec, std::move(rest)), ...);
  return spec;
}

template <class... Specs>
OptionTable fields(Specs... specs) {
  return OptionTable(std::vector<OptionSpec>{std::move(specs)...});
}

/// Reads `values` into a fresh T; problems are added to `problems`.
template <class T>
T parse_options(const Table& values, const std::string& path, const std::string& owner, std::vector<Problem>& problems) {
  T options;
  const OptionTable table = T::fields();
  table.parse(&options, values, path, owner, problems);
  return options;
}

/// Every option of `options` with its present value.
template <class T>
Table to_table(const T& options) {
  Table table;
  for (const auto& spec : T::fields()) table.set(spec.name, spec.read(&options));
  return table;
}

}  // namespace etude
