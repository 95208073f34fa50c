// All plugins that this process has loaded, and what they offer.
#pragma once

#include <etude/plugin.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace etude {

/// A folder that is searched for plugins, and who asked for it ("--plugin-dir", "ETUDE_PLUGIN_PATH", "mine.toml:3:1",
/// "installed").
struct PluginDirectory {
  std::filesystem::path path;
  std::string asked_by;
};

struct PluginFile {
  std::filesystem::path file;
  std::string id;
  std::string version;
  std::string sha256;
  std::vector<Part> parts;
};

/// A library that was found and not taken.
struct RejectedFile {
  std::filesystem::path file;
  std::string reason;
  std::string remedy;
};

/// A part that an earlier one of the same kind and id hides.
struct ShadowedPart {
  Kind kind;
  std::string id;
  std::filesystem::path file;
  std::filesystem::path by;
};

/// The directories in search order: --plugin-dir, ETUDE_PLUGIN_PATH, the experiment's [plugins] directories, the installed one.
/// Never the working directory.
std::vector<PluginDirectory> plugin_search_path(const std::vector<std::filesystem::path>& from_command_line,
                                                const std::vector<PluginDirectory>& from_experiment);

class Catalogue {
 public:
  Catalogue() = default;
  /// Of parts that are there already, for tests.
  explicit Catalogue(std::vector<PluginFile> plugins) : plugins_(std::move(plugins)) {}

  /// Loads every library of `directories` in order; what cannot be loaded is kept in rejected(). A directory that does not exist
  /// is an error if someone asked for it by name (all but the installed one).
  static Catalogue load(const std::vector<PluginDirectory>& directories);

  /// @throws Error (usage) listing the known ids, the directories searched, and each rejected file with its reason
  const Part& find(Kind kind, const std::string& id) const;
  const PluginFile& file_of(Kind kind, const std::string& id) const;
  /// The part with this id, whatever its kind. @throws Error (usage) also if parts of several kinds have it
  const Part& find(const std::string& id) const;

  const std::vector<PluginFile>& plugins() const { return plugins_; }
  const std::vector<RejectedFile>& rejected() const { return rejected_; }
  const std::vector<ShadowedPart>& shadowed() const { return shadowed_; }
  const std::vector<PluginDirectory>& directories() const { return directories_; }

  /// Instances whose every call goes through the guard.
  std::shared_ptr<Tokenizer> make_tokenizer(const std::string& id, const Table& options) const;
  std::shared_ptr<Dataset> make_dataset(const std::string& id, const Table& options, const DatasetContext& context) const;
  std::shared_ptr<Metric> make_metric(const std::string& id, const Table& options) const;
  /// The construction alone is guarded here; those who call the model guard their calls.
  std::shared_ptr<Architecture> make_architecture(const std::string& id, const Table& options, const ModelContext& context) const;

 private:
  void add(PluginFile plugin);

  std::vector<PluginFile> plugins_;
  std::vector<RejectedFile> rejected_;
  std::vector<ShadowedPart> shadowed_;
  std::vector<PluginDirectory> directories_;
};

}  // namespace etude
