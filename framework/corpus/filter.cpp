#include <corpus/filter.hpp>

namespace etude {
namespace {

Verdict judge_ratio(const FilterOptions& options, const GzipSize& size) {
  if (size.raw_bytes == 0) return Verdict::empty;
  return size.ratio() < options.min_gzip_ratio ? Verdict::low_ratio : Verdict::kept;
}

}  // namespace

const char* name(Verdict verdict) {
  switch (verdict) {
    case Verdict::train:
      return "train";
    case Verdict::validation:
      return "validation";
    case Verdict::test:
      return "test";
    case Verdict::kept:
      return "kept";
    case Verdict::empty:
      return "filtered: empty";
    case Verdict::too_short:
      return "filtered: too short";
    case Verdict::too_long:
      return "filtered: too long";
    case Verdict::low_ratio:
      return "filtered: gzip ratio";
    case Verdict::beyond_limit:
      return "filtered: beyond max_total_bytes";
    case Verdict::duplicate:
      return "removed: near-duplicate";
  }
  return "?";
}

Verdict judge_length(const FilterOptions& options, std::int64_t characters) {
  if (characters == 0) return Verdict::empty;
  if (characters < options.min_characters) return Verdict::too_short;
  if (options.max_characters > 0 && characters > options.max_characters) return Verdict::too_long;
  return Verdict::kept;
}

std::vector<Verdict> filter(const FilterOptions& options, const Documents& documents, const MappedRecords<GzipSize>& ratios) {
  std::vector<Verdict> verdicts(documents.size());
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    Verdict& verdict = verdicts[i] = judge_length(options, documents.characters(i));
    if (verdict == Verdict::kept && options.min_gzip_ratio > 0) verdict = judge_ratio(options, ratios[i]);
    if (verdict != Verdict::kept) continue;
    if (options.max_total_bytes > 0 && bytes >= options.max_total_bytes) {
      verdict = Verdict::beyond_limit;
    } else {
      bytes += documents.text_bytes(i);
    }
  }
  return verdicts;
}

}  // namespace etude
