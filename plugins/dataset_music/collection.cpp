#include "collection.hpp"

#include <algorithm>
#include <chrono>
#include <etude/parallel.hpp>
#include <numeric>
#include <system_error>

#include "digest.hpp"

namespace dataset_music {
namespace {

using etude::Error;
using etude::text;

struct Look {
  std::string digest, unreadable;
};

Look look_at(const SourceFile& file) {
  require_unchanged(file);
  try {
    return {sha256_of_file(file.path), {}};
  } catch (const std::system_error& error) {
    return {{}, error.code().message()};
  }
}

}  // namespace

Collection::Collection(const etude::Paths& paths, const std::vector<Format>& formats, const etude::DatasetContext& context)
    : context_(context),
      files_(list_sources(paths, formats, context)),
      by_id_(files_.size()),
      unreadable_(files_.size()),
      cache_(context.cache_directory, paths) {
  std::iota(by_id_.begin(), by_id_.end(), std::size_t{0});
  std::sort(by_id_.begin(), by_id_.end(), [this](std::size_t a, std::size_t b) { return files_[a].id < files_[b].id; });
}

std::int64_t Collection::count(Format format) const {
  return std::count_if(files_.begin(), files_.end(), [&](const SourceFile& file) { return file.format == format; });
}

const SourceFile* Collection::find(const std::string& id) const {
  const auto found = std::lower_bound(by_id_.begin(), by_id_.end(), id,
                                      [this](std::size_t index, const std::string& wanted) { return files_[index].id < wanted; });
  return found != by_id_.end() && files_[*found].id == id ? &files_[*found] : nullptr;
}

void Collection::look_at_all(const std::function<void(std::size_t done)>& done) {
  cache_.find(files_);
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < files_.size(); ++i)
    if (files_[i].digest.empty()) unknown.push_back(i);
  if (unknown.empty()) return;

  std::size_t given = 0;
  const auto source = [&] { return given < unknown.size() ? std::optional(unknown[given++]) : std::nullopt; };
  etude::OrderedParallel<std::size_t, Look> looks(
      context_.threads, 1024, source, [this](std::size_t& index, const std::stop_token&) { return look_at(files_[index]); });
  std::size_t looked_at = files_.size() - unknown.size();
  auto saved = std::chrono::steady_clock::now();
  for (const std::size_t index : unknown) {
    Look look = std::move(*looks.next());
    files_[index].digest = std::move(look.digest);
    unreadable_[index] = std::move(look.unreadable);
    // Gigabytes take minutes to read: who stops in between need not begin again.
    if (std::chrono::steady_clock::now() - saved > std::chrono::seconds(10)) {
      save_digests();
      saved = std::chrono::steady_clock::now();
    }
    done(++looked_at);
  }
  save_digests();
}

/// They spare time, nothing else: a disk that takes no more says so where something is lost.
void Collection::save_digests() const {
  try {
    cache_.save(files_);
  } catch (const Error& error) {
    if (context_.warn) context_.warn(text("the sources' digests are not kept: ", error.message()));
  }
}

std::string Collection::fingerprint() const {
  Digest digest;
  for (std::size_t i = 0; i < files_.size(); ++i)
    digest.add(text('\n', files_[i].id, '\t', unreadable_[i].empty() ? files_[i].digest : "unreadable: " + unreadable_[i]));
  return digest.hexadecimal();
}

std::string Collection::read(const SourceFile& file) {
  require_unchanged(file);
  std::string bytes = read_file(file.path);
  if (!file.digest.empty() && sha256(bytes) != file.digest)
    throw Error(text(file.path.string(), " changed while the corpus was being read"), "start again once its folder is at rest");
  return bytes;
}

}  // namespace dataset_music
