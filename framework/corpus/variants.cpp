#include <algorithm>
#include <base/interrupt.hpp>
#include <corpus/histogram.hpp>
#include <corpus/variants.hpp>
#include <etude/parallel.hpp>

namespace etude {
namespace {

/// A variant that is wanted, and then its text.
struct Wanted {
  std::uint32_t document = 0;
  std::size_t transposition = 0;
  std::string text{};
  std::int64_t characters = 0;
};

/// All pairs of a training document and a transposition, in order.
class WantedVariants {
 public:
  WantedVariants(std::span<const Verdict> splits, std::size_t transpositions)
      : splits_(splits), transpositions_(transpositions) {}
  std::optional<Wanted> next() {
    if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
    if (transposition_ == transpositions_) {
      transposition_ = 0;
      ++document_;
    }
    while (document_ < splits_.size() && splits_[document_] != Verdict::train) ++document_;
    if (document_ == splits_.size()) return std::nullopt;
    return Wanted{static_cast<std::uint32_t>(document_), transposition_++};
  }

 private:
  std::span<const Verdict> splits_;
  std::size_t transpositions_, document_ = 0, transposition_ = 0;
};

}  // namespace

std::vector<int> transpositions_of(const Dataset& dataset) {
  auto transpositions = dataset.transpositions();
  std::sort(transpositions.begin(), transpositions.end());
  transpositions.erase(std::unique(transpositions.begin(), transpositions.end()), transpositions.end());
  std::erase(transpositions, 0);
  return transpositions;
}

VariantFiles write_variants(const std::filesystem::path& folder, Dataset& dataset, const Documents& documents,
                            std::span<const Verdict> splits, const std::vector<int>& transpositions, int threads,
                            const VariantProgress& progress) {
  OutputFile texts(folder / "variants.txt"), index(folder / "variants.index");
  const auto write_entry = [&](const VariantEntry& entry) { index.write({reinterpret_cast<const char*>(&entry), sizeof entry}); };
  VariantFiles result;
  const auto originals = transpositions.empty() ? 0 : std::count(splits.begin(), splits.end(), Verdict::train);
  const std::int64_t total = originals * std::ssize(transpositions);
  if (total > 0) {
    WantedVariants wanted(splits, transpositions.size());
    const auto transpose = [&](Wanted& variant, const std::stop_token&) {
      auto document = dataset.variant(documents.id(variant.document), transpositions[variant.transposition]);
      if (document) variant.text = std::move(document->text);
      variant.characters = count_characters_fast(variant.text);
      return std::move(variant);
    };
    OrderedParallel<Wanted, Wanted> variants(
        threads, 16 * static_cast<std::size_t>(std::max(threads, 1)), [&] { return wanted.next(); }, transpose);
    std::int64_t done = 0;
    while (const auto variant = variants.next()) {
      const int semitones = transpositions[variant->transposition];
      if (variant->characters == 0) {
        result.refused.push_back({variant->document, semitones});
      } else {
        write_entry({texts.bytes(), variant->characters, variant->document, semitones});
        texts.write(variant->text);
        ++result.variants;
        result.characters += variant->characters;
      }
      progress(++done, total, texts.bytes());
    }
  }
  write_entry({texts.bytes(), 0, 0, 0});
  result.files = {texts.close(), index.close()};
  return result;
}

}  // namespace etude
