#include <cxxabi.h>
#include <dlfcn.h>

#include <algorithm>
#include <base/files.hpp>
#include <boost/dll/shared_library.hpp>
#include <host/elf_file.hpp>
#include <host/guard.hpp>
#include <host/handshake.hpp>
#include <host/loader.hpp>

namespace etude {
namespace {

constexpr std::string_view entry_prefix = "etude_plugin_v";
constexpr const char* entry_symbol = ETUDE_STRINGIFY(ETUDE_ENTRY_SYMBOL);

// Loaded libraries stay open until the process ends: tensors, deleters and type information that came from a plugin may outlive
// every object that we know of, and closing a library under them crashes at exit.
std::vector<boost::dll::shared_library>& open_libraries() {
  static auto& libraries = *new std::vector<boost::dll::shared_library>;
  return libraries;
}

bool contains(const std::vector<std::string>& names, std::string_view wanted) {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

/// Step 1: what the file itself tells.
void check_before_opening(const std::filesystem::path& file) {
  const DynamicSymbols symbols = read_dynamic_symbols(file);
  if (!symbols.known) return;
  // The sanitizer's runtime ends the process if it is loaded late, so this one field of the handshake has to be seen before.
  if (contains(symbols.undefined, "__asan_init") && !own_entry().address_sanitizer)
    throw Error("built with address sanitizer yes, this program runs no",
                "build it without -fsanitize=address, or run an Etude built with it");
  if (contains(symbols.defined, entry_symbol)) return;
  for (const auto& symbol : symbols.defined)
    if (symbol.starts_with(entry_prefix))
      throw Error(text("made for plugin API ", symbol.substr(entry_prefix.size()), ", this program has ", ETUDE_API_MAJOR),
                  rebuild_remedy());
  throw Error(text("it is a library but no Etude plugin: it does not export ", entry_symbol),
              "define the plugin with ETUDE_PLUGIN(id, version, registry) and build it with etude_add_plugin, or move the "
              "library elsewhere");
}

/// Step 2.
boost::dll::shared_library& open(const std::filesystem::path& file) {
  namespace dll = boost::dll;
  boost::system::error_code failed;
  dll::shared_library library(boost::filesystem::path(file.string()), failed,
                              dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  if (failed) {
    const char* complaint = dlerror();
    throw explain_loader(complaint ? complaint : failed.message());
  }
  return open_libraries().emplace_back(std::move(library));
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  char* readable = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  const std::string out = status == 0 ? readable : symbol;
  std::free(readable);
  return out;
}

/// What stands in `complaint` between the two markers, or nothing if it does not look so.
std::string between(const std::string& complaint, const std::string& before, const std::string& after) {
  const auto found = complaint.find(before);
  if (found == std::string::npos) return {};
  const auto begin = found + before.size();
  const auto end = after.empty() ? std::string::npos : complaint.find(after, begin);
  if (!after.empty() && end == std::string::npos) return {};
  return complaint.substr(begin, end == std::string::npos ? end : end - begin);
}

}  // namespace

Error explain_loader(const std::string& complaint) {
  std::string symbol = between(complaint, "undefined symbol: ", "");
  if (!symbol.empty()) {
    symbol = symbol.substr(0, symbol.find_first_of(", \t"));
    return Error(text("it needs ", demangled(symbol), ", which neither this SDK nor this LibTorch has"), rebuild_remedy());
  }
  const std::string missing = complaint.substr(0, complaint.find(':'));
  if (complaint.find("cannot open shared object file") != std::string::npos)
    return Error(text("it needs the library ", missing, ", which is not found"),
                 "install that library, or link the plugin with an rpath to it");
  const std::string version = between(complaint, "version `", "' not found");
  if (!version.empty())
    return Error(text("it needs ", version, ", which this system does not have"),
                 "build it on this machine, with this machine's compiler");
  return Error(text("the dynamic loader says: ", complaint), rebuild_remedy());
}

PluginFile load_plugin(const std::filesystem::path& file) {
  check_before_opening(file);
  auto& library = open(file);
  const EtudePluginEntry entry = accept_entry(&library.get<const EtudePluginEntry>(entry_symbol));  // step 3
  Registry staging;
  guarded(entry.plugin_id, "register_parts", [&] { entry.register_parts(&staging); });
  if (staging.parts().empty())
    throw Error("it registers no part", "call registry.add<Type>(id, description) in ETUDE_PLUGIN's body");
  return {file, entry.plugin_id, entry.plugin_version, sha256_of_file(file), staging.parts()};
}

}  // namespace etude
