#include "safetensors_header.hpp"

#include <charconv>
#include <etude/error.hpp>
#include <stdexcept>

namespace etude::safetensors {
namespace {

std::string json_string(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (code < 0x20) {
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 15];
    } else {
      out += byte;
    }
  }
  return out + '"';
}

/// Appends a code point as UTF-8.
void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Reads JSON from left to right; the structure is fixed, so that nothing recurses.
class Reader {
 public:
  explicit Reader(std::string_view json) : json_(json) {}

  Header header() {
    Header header;
    members([&](std::string name) {
      if (name == "__metadata__") {
        members([&](std::string key) { header.metadata[std::move(key)] = string(); });
      } else {
        header.tensors.push_back(tensor(std::move(name)));
      }
    });
    skip_space();
    if (at_ != json_.size()) fail("the end of the header");
    return header;
  }

 private:
  [[noreturn]] void fail(const char* expected) const {
    throw std::runtime_error(etude::text("byte ", at_, " of the header: expected ", expected));
  }
  void skip_space() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\t' || json_[at_] == '\r')) ++at_;
  }
  bool take(char wanted) {
    skip_space();
    if (at_ == json_.size() || json_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void require(char wanted, const char* expected) {
    if (!take(wanted)) fail(expected);
  }

  template <class Member>
  void members(Member member) {
    require('{', "an object");
    if (take('}')) return;
    do {
      auto name = string();
      require(':', "a colon");
      member(std::move(name));
    } while (take(','));
    require('}', "the end of an object");
  }

  TensorEntry tensor(std::string name) {
    TensorEntry entry;
    entry.name = std::move(name);
    std::vector<std::int64_t> offsets;
    bool has_shape = false;
    members([&](const std::string& key) {
      if (key == "dtype") {
        entry.dtype = string();
      } else if (key == "shape") {
        entry.shape = integers();
        has_shape = true;
      } else if (key == "data_offsets") {
        offsets = integers();
      } else {
        fail("dtype, shape or data_offsets");
      }
    });
    if (entry.dtype.empty() || !has_shape || offsets.size() != 2) fail("dtype, shape and two data_offsets before");
    entry.begin = static_cast<std::uint64_t>(offsets[0]);
    entry.end = static_cast<std::uint64_t>(offsets[1]);
    return entry;
  }

  std::vector<std::int64_t> integers() {
    std::vector<std::int64_t> all;
    require('[', "an array");
    if (take(']')) return all;
    do {
      skip_space();
      std::int64_t value = 0;
      const auto [end, error] = std::from_chars(json_.data() + at_, json_.data() + json_.size(), value);
      if (error != std::errc() || value < 0) fail("a number that is not negative");
      at_ = static_cast<std::size_t>(end - json_.data());
      all.push_back(value);
    } while (take(','));
    require(']', "the end of an array");
    return all;
  }

  std::string string() {
    require('"', "a string");
    std::string out;
    while (at_ < json_.size() && json_[at_] != '"') {
      if (json_[at_] == '\\') {
        escape(out);
      } else {
        out += json_[at_++];
      }
    }
    if (at_ == json_.size()) fail("the end of a string");
    ++at_;
    return out;
  }

  void escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (at_ < json_.size() && json_[at_] == 'u') {
      unsigned code = 0;
      const auto* begin = json_.data() + at_ + 1;
      if (at_ + 5 > json_.size() || std::from_chars(begin, begin + 4, code, 16).ptr != begin + 4) fail("four hexadecimal digits");
      append_utf8(out, code);
      at_ += 5;
      return;
    }
    const auto which = at_ < json_.size() ? letters.find(json_[at_]) : std::string_view::npos;
    if (which == std::string_view::npos) fail("an escape sequence");
    out += meanings[which];
    ++at_;
  }

  std::string_view json_;
  std::size_t at_ = 0;
};

}  // namespace

std::string write_header(const Header& header) {
  std::string json = "{\"__metadata__\":{";
  const char* comma = "";
  for (const auto& [key, value] : header.metadata) {
    json += etude::text(comma, json_string(key), ':', json_string(value));
    comma = ",";
  }
  json += "}";
  for (const auto& tensor : header.tensors) {
    json += etude::text(',', json_string(tensor.name), ":{\"dtype\":", json_string(tensor.dtype), ",\"shape\":[");
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) json += etude::text(i ? "," : "", tensor.shape[i]);
    json += etude::text("],\"data_offsets\":[", tensor.begin, ",", tensor.end, "]}");
  }
  json += "}";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  return json;
}

Header read_header(std::string_view json) { return Reader(json).header(); }

}  // namespace etude::safetensors
