#include <algorithm>
#include <base/words.hpp>
#include <etude/value.hpp>
#include <host/catalogue.hpp>
#include <host/loader.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

// In the order of their names, so that what shadows what does not depend on the file system.
std::vector<fs::path> libraries_in(const PluginDirectory& directory) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator each(directory.path, failed), end; !failed && each != end; each.increment(failed))
    if (each->path().extension() == ".so" && !each->is_directory()) files.push_back(each->path());
  if (failed) {
    if (directory.asked_by == "installed" && !fs::exists(directory.path)) return {};
    throw usage_error(text("cannot search ", directory.path.string(), " for plugins: ", failed.message()),
                      text("it was asked for by ", directory.asked_by, "; correct the path or leave it out"));
  }
  std::sort(files.begin(), files.end());
  return files;
}

const Part* find_part(const PluginFile& plugin, Kind kind, const std::string& id) {
  for (const auto& part : plugin.parts)
    if (part.kind == kind && part.id == id) return &part;
  return nullptr;
}

const PluginFile* find_plugin(const std::vector<PluginFile>& plugins, Kind kind, const std::string& id) {
  for (const auto& plugin : plugins)
    if (find_part(plugin, kind, id)) return &plugin;
  return nullptr;
}

std::string all_or_none(const std::vector<std::string>& words) { return words.empty() ? "none" : joined(words); }

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// @param kind  nothing if any would do; then the known ids are told with their kinds
Error unknown_id(const Catalogue& catalogue, std::optional<Kind> kind, const std::string& id) {
  std::vector<std::string> ids, known, searched;
  for (const auto& plugin : catalogue.plugins())
    for (const auto& part : plugin.parts) {
      const std::string label = kind ? part.id : text(name(part.kind), ' ', part.id);
      if ((kind && part.kind != *kind) || contains(known, label)) continue;
      ids.push_back(part.id);
      known.push_back(label);
    }
  for (const auto& directory : catalogue.directories())
    searched.push_back(text(directory.path.string(), " (", directory.asked_by, ")"));
  const std::string guess = nearest(id, ids);
  std::string remedy = guess.empty() ? "" : text("did you mean ", guess, "?\n");
  remedy += text("known: ", all_or_none(known), "\nsearched: ", all_or_none(searched));
  for (const auto& file : catalogue.rejected()) remedy += text("\nrefused: ", file.file.string(), ": ", file.reason);
  return usage_error(text("unknown ", kind ? name(*kind) : "part", ' ', id), remedy);
}

}  // namespace

Catalogue Catalogue::load(const std::vector<PluginDirectory>& directories) {
  Catalogue catalogue;
  catalogue.directories_ = directories;
  std::vector<fs::path> seen;  // a file that two paths lead to is one file
  for (const auto& directory : directories) {
    for (const auto& file : libraries_in(directory)) {
      std::error_code failed;
      const fs::path target = fs::canonical(file, failed);
      if (failed) {
        catalogue.rejected_.push_back({file, failed.message(), "correct or remove the link"});
        continue;
      }
      if (std::find(seen.begin(), seen.end(), target) != seen.end()) continue;
      seen.push_back(target);
      try {
        catalogue.add(load_plugin(file));
      } catch (const Error& error) {
        catalogue.rejected_.push_back({file, error.message(), error.remedy()});
      }
    }
  }
  return catalogue;
}

void Catalogue::add(PluginFile plugin) {
  for (const auto& part : plugin.parts)
    if (const auto* first = find_plugin(plugins_, part.kind, part.id))
      shadowed_.push_back({part.kind, part.id, plugin.file, first->file});
  plugins_.push_back(std::move(plugin));
}

const PluginFile& Catalogue::file_of(Kind kind, const std::string& id) const {
  if (const auto* plugin = find_plugin(plugins_, kind, id)) return *plugin;
  throw unknown_id(*this, kind, id);
}

const Part& Catalogue::find(Kind kind, const std::string& id) const { return *find_part(file_of(kind, id), kind, id); }

const Part& Catalogue::find(const std::string& id) const {
  const Part* found = nullptr;
  for (const Kind kind : {Kind::dataset, Kind::tokenizer, Kind::architecture, Kind::metric}) {
    const auto* plugin = find_plugin(plugins_, kind, id);
    if (!plugin) continue;
    if (found) throw usage_error(text(id, " is both a ", name(found->kind), " and a ", name(kind)), "say which, before the id");
    found = find_part(*plugin, kind, id);
  }
  if (!found) throw unknown_id(*this, std::nullopt, id);
  return *found;
}

}  // namespace etude
