#include <unistd.h>

#include <algorithm>
#include <base/log.hpp>
#include <corpus/stage.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int format_version = 3;
constexpr const char* unfinished = ".unfinished-";
constexpr const char* checksum_name = "manifest_sha256";

/// Removes the folder unless it was renamed away.
struct TemporaryFolder {
  fs::path path;
  explicit TemporaryFolder(fs::path folder) : path(std::move(folder)) {
    std::error_code error;
    fs::remove_all(path, error);
    if (!fs::create_directories(path, error)) throw file_error("cannot make the folder", path, error.value());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

/// What changes when a file's content may have changed.
std::string stamp_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  const auto time = error ? fs::file_time_type{} : fs::last_write_time(file, error);
  return error ? "" : text(size, ' ', time.time_since_epoch().count());
}

void write_stamps(const fs::path& directory, const Json& files) {
  Json stamps = Json::object();
  for (const auto& [name, file] : files.items()) stamps[name] = stamp_of(directory / name);
  try {
    write_file(directory / "verified.json", stamps.dump(1) + '\n');
  } catch (const Error&) {
    // A corpus on a read-only disk is good to use; it is checked again next time.
  }
}

Json read_stamps(const fs::path& directory) {
  if (!fs::exists(directory / "verified.json")) return Json::object();
  auto stamps = Json::parse(read_file(directory / "verified.json"), nullptr, false);
  return stamps.is_object() ? stamps : Json::object();
}

/// What is wrong with the files, or "".
std::string damage(const fs::path& directory, const Json& files) {
  const Json stamps = read_stamps(directory);
  bool checked_any = false;
  for (const auto& [name, file] : files.items()) {
    const fs::path path = directory / name;
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return text(name, " is missing");
    if (size != file.at("bytes").get<std::uintmax_t>())
      return text(name, " has ", size, " bytes in place of ", file.at("bytes").get<std::uintmax_t>());
    if (stamps.value(name, "") == stamp_of(path)) continue;
    if (sha256_of_file(path) != file.at("sha256").get<std::string>()) return text("the checksum of ", name, " differs");
    checked_any = true;
  }
  if (checked_any) write_stamps(directory, files);
  return "";
}

/// Of everything else in the manifest, whose numbers are shown and compared without a look at the files.
std::string checksum_of(Json manifest) {
  manifest.erase(checksum_name);
  return sha256(manifest.dump());
}

/// Every value below `table` by its dotted name, such as "split.seed"; lists are whole.
void add_values(const Json& table, const std::string& prefix, Json& values) {
  for (const auto& [name, value] : table.items()) {
    if (value.is_object())
      add_values(value, prefix + name + '.', values);
    else
      values[prefix + name] = value;
  }
}

Json values_in(const Json& table) {
  Json values = Json::object();
  add_values(table, "", values);
  return values;
}

Json value_of(const Json& values, const char* key) { return values.value(key, Json()); }

/// Nothing if it cannot be read: another stage's damage is no matter of this one.
Json read_manifest(const fs::path& file) {
  try {
    return Json::parse(read_file(file), nullptr, false);
  } catch (const Error&) {
    return {};
  }
}

/// In which values the stage of `manifest_file` was made of something else; none if that cannot be read.
std::vector<std::string> differences(const fs::path& manifest_file, const Json& wanted) {
  std::vector<std::string> found;
  const Json manifest = read_manifest(manifest_file);
  if (!manifest.is_object() || !manifest.contains("made_of")) return found;
  const Json other = values_in(manifest.at("made_of"));
  // A stage of another dataset explains nothing, and digests of sources say nothing to anyone.
  if (value_of(other, "dataset.id") != value_of(wanted, "dataset.id")) return found;
  if (value_of(other, "sources") != value_of(wanted, "sources")) return {"the sources, or how they are converted, changed"};
  const auto show = [](const Json& values, const std::string& key) {
    const std::string value = values.contains(key) && !values.at(key).is_null() ? values.at(key).dump() : "the default";
    constexpr std::size_t digest_length = 66;
    return value.size() < digest_length ? value : value.substr(0, 9) + "...\"";
  };
  for (const auto& [key, value] : wanted.items())
    if (!value.is_null() && (!other.contains(key) || other.at(key) != value))
      found.push_back(text(key, " is ", show(wanted, key), " in place of ", show(other, key)));
  for (const auto& [key, value] : other.items())
    if (!wanted.contains(key) && !value.is_null()) found.push_back(text(key, " is the default in place of ", show(other, key)));
  return found;
}

}  // namespace

StageKey::StageKey(std::string of, const fs::path& parent, std::string parts)
    : kind(std::move(of)), fingerprint(sha256(parts)), made_of(std::move(parts)) {
  directory = parent / (kind + "-" + fingerprint.substr(0, 16));
}

void build_stage(const StageKey& key, const std::function<StageContent(const fs::path&)>& fill) {
  const TemporaryFolder folder(key.directory.string() + unfinished + std::to_string(getpid()));
  const StageContent content = fill(folder.path);
  Json manifest;
  manifest["format_version"] = format_version;
  manifest["fingerprint"] = key.fingerprint;
  manifest["made_of"] = Json::parse(key.made_of);
  if (content.facts) manifest.update(*content.facts);
  auto& files = manifest["files"] = Json::object();
  for (const auto& file : content.files) files[file.name] = {{"bytes", file.bytes}, {"sha256", file.sha256}};
  manifest[checksum_name] = checksum_of(manifest);
  write_file(folder.path / key.manifest_name(), manifest.dump(1) + '\n');
  write_stamps(folder.path, manifest.at("files"));

  std::error_code error;
  // Only a damaged stage stands in the way; whoever has mapped its files keeps them.
  fs::remove_all(key.directory, error);
  fs::rename(folder.path, key.directory, error);
  if (error) throw file_error("cannot rename to", key.directory, error.value());
  sync_directory(key.directory.parent_path());
}

std::shared_ptr<Json> open_stage(const StageKey& key, Tell tell) {
  if (!fs::exists(key.directory)) return nullptr;
  std::string wrong;
  try {
    auto manifest = std::make_shared<Json>(Json::parse(read_file(key.directory / key.manifest_name())));
    if (manifest->at("format_version") != format_version) {
      wrong = "another format version";
    } else if (manifest->at("fingerprint") != key.fingerprint) {
      wrong = "another fingerprint";
    } else if (manifest->at(checksum_name) != checksum_of(*manifest)) {
      wrong = "the checksum of " + key.manifest_name() + " differs";
    } else {
      wrong = damage(key.directory, manifest->at("files"));
    }
    if (wrong.empty()) return manifest;
  } catch (const std::exception& error) {
    wrong = error.what();
  }
  if (tell == Tell::damage) log_warning(text(key.directory.string(), " is damaged (", wrong, "); it is made again"));
  return nullptr;
}

std::string why_made(const StageKey& key) {
  if (fs::exists(key.directory)) return "it was damaged";
  const Json wanted = values_in(Json::parse(key.made_of));
  std::vector<std::string> least;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(key.directory.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(key.kind + "-") || name.find(unfinished) != std::string::npos) continue;
    auto found = differences(entry.path() / key.manifest_name(), wanted);
    if (!found.empty() && (least.empty() || found.size() < least.size())) least = std::move(found);
  }
  if (least.empty()) return "there is none yet";
  constexpr std::size_t shown = 2;
  std::string all;
  for (std::size_t i = 0; i < std::min(shown, least.size()); ++i) all += (i == 0 ? "" : ", ") + least[i];
  return least.size() > shown ? text(all, " and ", least.size() - shown, " more") : all;
}

void remove_unfinished_stages(const fs::path& parent) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error))
    if (entry.path().filename().string().find(unfinished) != std::string::npos) fs::remove_all(entry.path(), error);
}

}  // namespace etude
