#include <etude/error.hpp>

namespace etude {
namespace {

// As wide as "error: ", so that a remedy stands under the message it belongs to.
constexpr const char* indentation = "       ";

std::string join(const std::string& message, const std::string& remedy) {
  if (remedy.empty()) return message;
  std::string joined = message + '\n' + indentation;
  for (const char c : remedy) {
    joined += c;
    if (c == '\n') joined += indentation;
  }
  return joined;
}

}  // namespace

Error::Error(std::string message, std::string remedy, Fault fault)
    : std::runtime_error(join(message, remedy)), message_(std::move(message)), remedy_(std::move(remedy)), fault_(fault) {}

Error::~Error() = default;

}  // namespace etude
