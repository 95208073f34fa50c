#include <algorithm>
#include <charconv>
#include <cmath>
#include <etude/options.hpp>

namespace etude {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string number_text(double number) {
  std::ostringstream out;
  out.precision(15);
  out << number;
  return out.str();
}

// NaN and infinity satisfy no range.
Constraint range(std::string text, std::function<bool(double)> inside, std::optional<double> low, std::optional<double> high) {
  Constraint constraint;
  constraint.text = std::move(text);
  constraint.holds = [inside = std::move(inside)](const Value& value) {
    if (const auto* integer = value.get_if<std::int64_t>()) return inside(static_cast<double>(*integer));
    const auto* number = value.get_if<double>();
    return number && std::isfinite(*number) && inside(*number);
  };
  constraint.low = low;
  constraint.high = high;
  return constraint;
}

// "array of integers" holds "integer"; "" for what is no array.
std::string element_type(const std::string& type) {
  constexpr std::string_view prefix = "array of ";
  if (!type.starts_with(prefix)) return {};
  return type.substr(prefix.size(), type.size() - prefix.size() - 1);
}

bool fits(const Value& value, const std::string& type) {
  const std::string element = element_type(type);
  if (!element.empty()) {
    const auto* array = value.get_if<Array>();
    return array && std::all_of(array->begin(), array->end(), [&](const Value& each) { return fits(each, element); });
  }
  if (type == "number" && value.get_if<std::int64_t>()) return true;
  if (type == "path or array of paths") return fits(value, "path") || fits(value, "array of paths");
  if (type == "path") return value.get_if<std::string>() != nullptr;
  return value.type_name() == type;
}

// A constraint on an array is one on each of its elements.
bool holds(const Constraint& constraint, const Value& value) {
  if (const auto* array = value.get_if<Array>())
    return std::all_of(array->begin(), array->end(), [&](const Value& each) { return holds(constraint, each); });
  return constraint.holds(value);
}

std::string with_article(const std::string& type) { return (type.find_first_of("aeiou") == 0 ? "an " : "a ") + type; }

std::string full_key(const std::string& path, const std::string& key) { return path.empty() ? key : path + '.' + key; }
std::string of_owner(const std::string& owner) { return owner.empty() ? "" : " of " + owner; }

// "[architecture] kind gpt" is described by `etude describe gpt`; the framework's own tables have no owner.
std::string see_also(const std::string& owner) { return owner.empty() ? "" : "; see: etude describe " + owner; }

Problem unknown_key(const Entry& entry, const std::vector<std::string>& names, const std::string& path,
                    const std::string& owner) {
  Problem problem{entry.key_origin, text("unknown option ", full_key(path, entry.key), of_owner(owner)), {}};
  if (names.empty()) {
    problem.remedy = text(owner.empty() ? path : owner, " has no options");
    return problem;
  }
  const std::string guess = nearest(entry.key, names);
  if (guess.empty()) {
    problem.remedy = text(owner.empty() ? "known here: " : owner + " has ", join(names), see_also(owner));
    return problem;
  }
  std::vector<std::string> others;
  std::copy_if(names.begin(), names.end(), std::back_inserter(others), [&](const std::string& name) { return name != guess; });
  problem.remedy = text("did you mean ", guess, "?");
  if (!others.empty())
    problem.remedy += text(" (", owner.empty() ? "also known here: " : owner + " also has ", join(others), see_also(owner), ")");
  return problem;
}

bool looks_like_number(const std::string& word) {
  double number = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
  return failed == std::errc() && end == word.data() + word.size();
}

/// What to write instead of a value whose type is wrong.
std::string remedy_for_type(const OptionSpec& spec, const Value& value) {
  const auto* number = value.get_if<double>();
  if (number && spec.type == "integer" && *number == std::floor(*number) && std::abs(*number) < 1e15)
    return text("write ", static_cast<std::int64_t>(*number), " (an integer has neither point nor exponent)");
  const auto* word = value.get_if<std::string>();
  const bool is_number = word && (spec.type == "integer" || spec.type == "number") && looks_like_number(*word);
  const bool is_boolean = word && spec.type == "boolean" && (*word == "true" || *word == "false");
  if (is_number || is_boolean) return "write it without quotation marks";
  return spec.constraint ? text("it must be ", spec.constraint->text) : "";
}

Problem wrong_type(const OptionSpec& spec, const Value& value, const std::string& key, const std::string& owner) {
  return {value.origin(),
          text(key, of_owner(owner), " must be ", with_article(spec.type), ", not the ", value.type_name(), ' ', value.toml()),
          remedy_for_type(spec, value)};
}

Problem out_of_range(const OptionSpec& spec, const Value& value, const std::string& key, const std::string& owner) {
  const Constraint& constraint = *spec.constraint;
  Problem problem{value.origin(), text(key, of_owner(owner), " is ", value.toml(), ", and must be ", constraint.text), {}};
  if (const auto* word = value.get_if<std::string>()) {
    const std::string guess = nearest(*word, constraint.choices);
    if (!guess.empty()) problem.remedy = text("did you mean ", guess, "?");
  }
  return problem;
}

/// Everything wrong with one given value; nested tables are looked at by themselves.
void check_value(const OptionSpec& spec, const Value& value, const std::string& path, const std::string& owner,
                 std::vector<Problem>& problems) {
  const std::string key = full_key(path, spec.name);
  if (!fits(value, spec.type)) {
    problems.push_back(wrong_type(spec, value, key, owner));
  } else if (spec.nested) {
    for (auto& problem : spec.nested->check(*value.get_if<Table>(), key, owner)) {
      if (problem.origin.source.empty()) problem.origin = value.origin();
      problems.push_back(std::move(problem));
    }
  } else if (spec.constraint && !holds(*spec.constraint, value)) {
    problems.push_back(out_of_range(spec, value, key, owner));
  }
}

/// `value` as `type` says it: integers given for numbers become numbers.
Value as_type(const Value& value, const std::string& type) {
  if (type == "number" && value.get_if<std::int64_t>())
    return Value(static_cast<double>(*value.get_if<std::int64_t>()), value.origin());
  const std::string element = element_type(type);
  const auto* array = value.get_if<Array>();
  if (element.empty() || !array) return value;
  Array elements;
  for (const auto& each : *array) elements.push_back(as_type(each, element));
  return Value(std::move(elements), value.origin());
}

}  // namespace

Constraint at_least(double low) {
  return range(
      "at least " + number_text(low), [low](double x) { return x >= low; }, low, std::nullopt);
}
Constraint above(double low) {
  return range(
      "above " + number_text(low), [low](double x) { return x > low; }, low, std::nullopt);
}
Constraint between(double low, double high) {
  return range(
      text("between ", number_text(low), " and ", number_text(high)), [=](double x) { return low <= x && x <= high; }, low, high);
}
Constraint from_below(double low, double high) {
  return range(
      text("at least ", number_text(low), " and below ", number_text(high)), [=](double x) { return low <= x && x < high; }, low,
      high);
}
Constraint one_of(std::vector<std::string> choices) {
  Constraint constraint;
  constraint.text = "one of " + join(choices);
  constraint.holds = [choices](const Value& value) {
    const auto* word = value.get_if<std::string>();
    return word && std::find(choices.begin(), choices.end(), *word) != choices.end();
  };
  constraint.choices = std::move(choices);
  return constraint;
}

const OptionSpec* OptionTable::find(std::string_view name) const {
  const auto found = std::find_if(specs_.begin(), specs_.end(), [&](const OptionSpec& spec) { return spec.name == name; });
  return found == specs_.end() ? nullptr : &*found;
}

std::vector<std::string> OptionTable::names() const {
  std::vector<std::string> names;
  for (const auto& spec : specs_) names.push_back(spec.name);
  return names;
}

std::vector<Problem> OptionTable::check(const Table& values, const std::string& path, const std::string& owner) const {
  std::vector<Problem> problems;
  for (const auto& entry : values) {
    const OptionSpec* spec = find(entry.key);
    if (spec)
      check_value(*spec, entry.value, path, owner, problems);
    else
      problems.push_back(unknown_key(entry, names(), path, owner));
  }
  for (const auto& spec : specs_)
    if (spec.is_required && !values.contains(spec.name))
      problems.push_back({Origin{""}, text(full_key(path, spec.name), of_owner(owner), " is missing"),
                          text("give it, ", with_article(spec.type), spec.help.empty() ? "" : ": " + spec.help)});
  return problems;
}

void OptionTable::parse(void* object, const Table& values, const std::string& path, const std::string& owner,
                        std::vector<Problem>& problems) const {
  for (auto& problem : check(values, path, owner)) problems.push_back(std::move(problem));
  for (const auto& spec : specs_) {
    const Value* value = values.find(spec.name);
    const bool usable = value && fits(*value, spec.type) && (!spec.constraint || holds(*spec.constraint, *value));
    if (usable) spec.assign(object, *value);
  }
}

Table OptionTable::resolve(const Table& values) const {
  Table resolved;
  for (const auto& spec : specs_) {
    const Value* given = values.find(spec.name);
    if (!given && spec.is_required) continue;
    if (!spec.nested) {
      resolved.set(spec.name, given ? as_type(*given, spec.type) : spec.default_value);
      continue;
    }
    const auto* given_table = given ? given->get_if<Table>() : nullptr;
    Table inner = spec.default_value.get_if<Table>() ? *spec.default_value.get_if<Table>() : Table{};
    if (given_table)
      for (auto& entry : spec.nested->resolve(*given_table))
        if (!inner.contains(entry.key) || given_table->contains(entry.key)) inner.set(entry.key, entry.value);
    resolved.set(spec.name, Value(std::move(inner), given ? given->origin() : Origin{}));
  }
  for (auto& entry : resolved)
    for (const auto& given : values)
      if (given.key == entry.key) entry.key_origin = given.key_origin;
  return resolved;
}

namespace {

std::string located(const Problem& problem) {
  const std::string place = problem.origin.text();
  return place.empty() || place == Origin{}.source ? problem.message : place + ": " + problem.message;
}

}  // namespace

void throw_problems(const std::vector<Problem>& problems) {
  if (problems.empty()) return;
  std::vector<std::pair<std::string, std::string>> distinct;  // the runs of a study share most of their values
  for (const auto& problem : problems) {
    std::pair<std::string, std::string> lines{located(problem), problem.remedy};
    if (std::find(distinct.begin(), distinct.end(), lines) == distinct.end()) distinct.push_back(std::move(lines));
  }
  if (distinct.size() == 1) throw usage_error(distinct[0].first, distinct[0].second);
  std::string rest;
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    if (i > 0) rest += distinct[i].first + '\n';
    if (!distinct[i].second.empty()) rest += "  " + distinct[i].second + '\n';
  }
  if (!rest.empty()) rest.pop_back();
  throw usage_error(distinct[0].first, rest);
}

namespace detail {
namespace {

template <class T>
bool assign_if(const Value& value, T& member) {
  const auto* held = value.get_if<T>();
  if (held) member = *held;
  return held != nullptr;
}

}  // namespace

bool convert(const Value& value, bool& member) { return assign_if(value, member); }
bool convert(const Value& value, std::int64_t& member) { return assign_if(value, member); }
bool convert(const Value& value, double& member) {
  if (const auto* integer = value.get_if<std::int64_t>()) member = static_cast<double>(*integer);
  return value.get_if<std::int64_t>() || assign_if(value, member);
}
bool convert(const Value& value, std::string& member) { return assign_if(value, member); }
bool convert(const Value& value, std::filesystem::path& member) {
  const auto* held = value.get_if<std::string>();
  if (held) member = *held;
  return held != nullptr;
}

}  // namespace detail
}  // namespace etude
