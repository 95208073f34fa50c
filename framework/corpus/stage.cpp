#include <unistd.h>

#include <base/log.hpp>
#include <corpus/stage.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int format_version = 1;
constexpr const char* unfinished = ".unfinished-";

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

}  // namespace

void build_stage(const fs::path& directory, const std::string& manifest_name, const std::string& fingerprint,
                 const std::function<StageContent(const fs::path&)>& fill) {
  const TemporaryFolder folder(directory.string() + unfinished + std::to_string(getpid()));
  const StageContent content = fill(folder.path);
  Json manifest;
  manifest["format_version"] = format_version;
  manifest["fingerprint"] = fingerprint;
  manifest.update(*content.facts);
  auto& files = manifest["files"] = Json::object();
  for (const auto& file : content.files) files[file.name] = {{"bytes", file.bytes}, {"sha256", file.sha256}};
  write_file(folder.path / manifest_name, manifest.dump(1) + '\n');
  write_stamps(folder.path, files);

  std::error_code error;
  // Only a damaged stage stands in the way; whoever has mapped its files keeps them.
  fs::remove_all(directory, error);
  fs::rename(folder.path, directory, error);
  if (error) throw file_error("cannot rename to", directory, error.value());
  sync_directory(directory.parent_path());
}

std::shared_ptr<Json> open_stage(const fs::path& directory, const std::string& manifest_name, const std::string& fingerprint,
                                 Tell tell) {
  if (!fs::exists(directory)) return nullptr;
  std::string wrong;
  try {
    auto manifest = std::make_shared<Json>(Json::parse(read_file(directory / manifest_name)));
    if (manifest->at("format_version") != format_version) {
      wrong = "another format version";
    } else if (manifest->at("fingerprint") != fingerprint) {
      wrong = "another fingerprint";
    } else {
      wrong = damage(directory, manifest->at("files"));
    }
    if (wrong.empty()) return manifest;
  } catch (const std::exception& error) {
    wrong = error.what();
  }
  if (tell == Tell::damage) log_warning(text(directory.string(), " is damaged (", wrong, "); it is made again"));
  return nullptr;
}

void remove_unfinished_stages(const fs::path& parent) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error))
    if (entry.path().filename().string().find(unfinished) != std::string::npos) fs::remove_all(entry.path(), error);
}

}  // namespace etude
