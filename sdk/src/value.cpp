#include <algorithm>
#include <charconv>
#include <cmath>
#include <etude/error.hpp>
#include <etude/value.hpp>
#include <utility>

namespace etude {

std::string Origin::text() const { return line == 0 ? source : etude::text(source, ':', line, ':', column); }

Table::Table() = default;
Table::Table(const Table& other) = default;
Table::Table(Table&& other) noexcept = default;
Table& Table::operator=(const Table& other) = default;
Table& Table::operator=(Table&& other) noexcept = default;
Table::~Table() = default;

bool Table::empty() const { return entries_.empty(); }
std::size_t Table::size() const { return entries_.size(); }

Table::Table(std::initializer_list<Entry> entries) {
  for (const auto& entry : entries) set(entry.key, entry.value);
}

const Value* Table::find(std::string_view key) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries_.end() ? nullptr : &found->value;
}

Value* Table::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

void Table::set(std::string key, Value value) {
  if (Value* present = find(key)) {
    *present = std::move(value);
  } else {
    Origin origin = value.origin();
    entries_.push_back({std::move(key), std::move(value), std::move(origin)});
  }
}

void Table::erase(std::string_view key) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; });
}

bool Table::operator==(const Table& other) const { return entries_ == other.entries_; }

Value::Value(bool value, Origin origin) : data_(value), origin_(std::move(origin)) {}
Value::Value(std::int64_t value, Origin origin) : data_(value), origin_(std::move(origin)) {}
Value::Value(int value, Origin origin) : data_(std::int64_t{value}), origin_(std::move(origin)) {}
Value::Value(double value, Origin origin) : data_(value), origin_(std::move(origin)) {}
Value::Value(std::string value, Origin origin) : data_(std::move(value)), origin_(std::move(origin)) {}
Value::Value(const char* value, Origin origin) : data_(std::string(value)), origin_(std::move(origin)) {}
Value::Value(Array value, Origin origin) : data_(std::move(value)), origin_(std::move(origin)) {}
Value::Value(Table value, Origin origin) : data_(std::move(value)), origin_(std::move(origin)) {}

std::string_view Value::type_name() const {
  constexpr std::string_view names[] = {"boolean", "integer", "number", "string", "array", "table"};
  return names[data_.index()];
}

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7f) {
          constexpr char digits[] = "0123456789abcdef";
          out += std::string("\\u00") + digits[byte >> 4] + digits[byte & 15];
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

std::string key_text(const std::string& key) {
  const auto bare = [](unsigned char c) { return (c < 0x80 && std::isalnum(c)) || c == '_' || c == '-'; };
  return !key.empty() && std::all_of(key.begin(), key.end(), bare) ? key : quoted(key);
}

// The shortest digits that read back as the same number, and never an integer's.
std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  std::string out(digits, end);
  // "3e-4", not "3e-04": the exponent has two digits at least.
  if (const auto e = out.find('e'); e != std::string::npos && out[e + 2] == '0') out.erase(e + 2, 1);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

struct TomlWriter {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Array& values) const {
    std::string out = "[";
    for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + value.toml();
    return out + ']';
  }
  std::string operator()(const Table& table) const {
    if (table.empty()) return "{}";
    std::string out = "{";
    for (const auto& entry : table) out += (out.size() > 1 ? ", " : " ") + key_text(entry.key) + " = " + entry.value.toml();
    return out + " }";
  }
};

// Edits (insertions, deletions, replacements, swaps of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({replaced, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  return cost[a.size()][b.size()];
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string Value::toml() const { return std::visit(TomlWriter{}, data_); }

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::string wanted = lower_case(word);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::string name = lower_case(candidate);
    std::size_t distance = edit_distance(wanted, name);
    // Half a name, or a name and more, is a frequent slip, and many edits away.
    const bool one_begins_the_other =
        wanted.size() >= 3 && name.size() >= 3 && (name.starts_with(wanted) || wanted.starts_with(name));
    if (one_begins_the_other) distance = std::min(distance, std::max<std::size_t>(1, wanted.size() / 3));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace etude
