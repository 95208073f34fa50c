#include <corpus/document_ranges.hpp>
#include <corpus/ratios.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

constexpr const char* sizes_name = "ratios.sizes";

std::vector<GzipSize> measure(const Documents& documents, const DocumentRange& range) {
  // 270 kB to set up, so one a thread; the threads are this stage's own and end with it.
  thread_local GzipMeter meter;
  std::vector<GzipSize> sizes;
  Document document;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    documents.read(i, document);
    sizes.push_back(meter.measure(document));
  }
  return sizes;
}

}  // namespace

std::optional<MappedRecords<GzipSize>> open_ratios(const StageKey& key) {
  return open_stage(key) ? std::optional(MappedRecords<GzipSize>(key.directory / sizes_name)) : std::nullopt;
}

void build_ratios(const StageKey& key, const Documents& documents, int threads, const DocumentProgress& progress) {
  build_stage(key, [&](const std::filesystem::path& folder) {
    OutputFile out(folder / sizes_name);
    const auto write = [&](const DocumentRange& range, const std::vector<GzipSize>& sizes) {
      out.write({reinterpret_cast<const char*>(sizes.data()), sizes.size() * sizeof(GzipSize)});
      progress(static_cast<std::int64_t>(range.end), documents.bytes_before(range.end));
    };
    for_each_range(
        documents, threads, [&](const DocumentRange& range) { return measure(documents, range); }, write);
    return StageContent{{out.close()}, nullptr};
  });
}

}  // namespace etude
