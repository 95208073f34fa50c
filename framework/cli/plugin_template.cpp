#include <algorithm>
#include <array>
#include <cli/plugin_template.hpp>
#include <etude/error.hpp>

namespace etude {

// Of plugin_template_files.cpp, which the build makes from sdk/template.
extern const char* const template_cmake;
extern const char* const template_source;

namespace {

/// Names that CMake keeps for targets of its own.
constexpr std::array reserved{"all",  "clean",      "edit_cache",    "help", "install", "package", "package_source",
                              "test", "preinstall", "rebuild_cache", "list"};

void check_name(const std::string& name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z' || !std::all_of(name.begin(), name.end(), allowed))
    throw usage_error(text("a plugin cannot be called \"", name, "\""),
                      "use lower case letters, digits and '_', beginning with a letter");
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end())
    throw usage_error(text("a plugin cannot be called ", name, ", which is a word of CMake's"),
                      text("call it my_", name, ", say"));
}

/// "my_rnn" as "MyRnn".
std::string in_capitals(const std::string& name) {
  std::string out;
  bool capital = true;
  for (const char c : name) {
    if (c != '_') out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = c == '_';
  }
  return out;
}

void replace(std::string& content, const std::string& from, const std::string& to) {
  auto found = content.find(from);
  if (found == std::string::npos) throw Error(text("the template of plugins lacks \"", from, "\""));
  for (; found != std::string::npos; found = content.find(from, found + to.size())) content.replace(found, from.size(), to);
}

}  // namespace

std::vector<TemplateFile> plugin_template(const std::string& name) {
  check_name(name);
  // The ending keeps a plugin called `architecture` apart from the class that it derives from.
  const std::string model = in_capitals(name) + "Model";
  std::string build = template_cmake, source = template_source;
  replace(build, "MyGru", in_capitals(name));
  replace(build, "my_gru gru.cpp", text(name, ' ', name, ".cpp"));
  replace(source, "struct Gru ", text("struct ", model, ' '));
  replace(source, "  Gru(", text("  ", model, '('));
  replace(source, "<Gru>(\"gru\"", text('<', model, ">(\"", name, '"'));
  replace(source, "my_lab.gru", "my_lab." + name);
  return {{"CMakeLists.txt", build}, {name + ".cpp", source}};
}

}  // namespace etude
