#include <algorithm>
#include <corpus/document_ranges.hpp>
#include <corpus/shingles.hpp>
#include <corpus/signatures.hpp>
#include <etude/random.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

constexpr const char* values_name = "signatures.values";
constexpr const char* sets_name = "signatures.sets";

using Minima = std::array<std::uint32_t, signature_values>;

/// One number a hash function; what they are is part of the files' format.
Minima make_keys() {
  Minima keys;
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<std::uint32_t>(mix_bits(0x45747564 + i));
  return keys;
}

// Half of the time of this stage goes here, and eight lanes take a fifth of the time of four.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("avx2", "default")))
#endif
void lower_minima(Minima& minima, const Minima& keys, std::uint32_t shingle) {
  for (std::size_t i = 0; i < signature_values; ++i) {
    std::uint32_t hash = (shingle ^ keys[i]) * 0x9E3779B1u;
    hash = (hash ^ hash >> 15) * 0x85EBCA6Bu;
    minima[i] = std::min(minima[i], hash);
  }
}

struct SignedRange {
  std::vector<Signature> signatures;
  std::vector<ShingleSet> sets;
};

SignedRange sign(const Documents& documents, const DocumentRange& range, std::int64_t shingle_bars) {
  SignedRange result;
  Shingler shingler(shingle_bars);
  std::string document;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    documents.read_text(i, document);
    const auto& shingles = shingler.shingles(document);
    result.signatures.push_back(signature_of(shingles));
    result.sets.push_back(set_of(shingles));
  }
  return result;
}

template <class Record>
std::string_view bytes_of(const std::vector<Record>& records) {
  return {reinterpret_cast<const char*>(records.data()), records.size() * sizeof(Record)};
}

}  // namespace

Signature signature_of(const std::vector<std::uint64_t>& shingles) {
  static const Minima keys = make_keys();
  Minima minima;
  minima.fill(UINT32_MAX);
  for (const std::uint64_t shingle : shingles) lower_minima(minima, keys, static_cast<std::uint32_t>(shingle >> 32));
  Signature signature;
  std::transform(minima.begin(), minima.end(), signature.begin(),
                 [](std::uint32_t minimum) { return static_cast<std::uint16_t>(minimum); });
  return signature;
}

ShingleSet set_of(const std::vector<std::uint64_t>& shingles) {
  ShingleSet set{0, static_cast<std::int64_t>(shingles.size())};
  for (const std::uint64_t shingle : shingles) set.digest += mix_bits(shingle);
  set.digest = mix_bits(set.digest ^ shingles.size());
  return set;
}

double estimated_similarity(const Signature& a, const Signature& b) {
  int equal = 0;
  for (std::size_t i = 0; i < signature_values; ++i) equal += a[i] == b[i];
  return static_cast<double>(equal) / signature_values;
}

Signatures::Signatures(const std::filesystem::path& directory)
    : sets_(directory / sets_name), values_(std::make_shared<RandomAccessFile>(directory / values_name)) {}

void Signatures::read(std::size_t begin, std::span<Signature> out) const {
  values_->read(static_cast<std::int64_t>(begin * sizeof(Signature)),
                {reinterpret_cast<char*>(out.data()), out.size() * sizeof(Signature)});
}

std::optional<Signatures> open_signatures(const StageKey& key) {
  return open_stage(key) ? std::optional(Signatures(key.directory)) : std::nullopt;
}

void build_signatures(const StageKey& key, const Documents& documents, std::int64_t shingle_bars, int threads,
                      const DocumentProgress& progress) {
  build_stage(key, [&](const std::filesystem::path& folder) {
    OutputFile values(folder / values_name), sets(folder / sets_name);
    const auto write = [&](const DocumentRange& range, const SignedRange& part) {
      values.write(bytes_of(part.signatures));
      sets.write(bytes_of(part.sets));
      progress(static_cast<std::int64_t>(range.end), documents.bytes_before(range.end));
    };
    for_each_range(
        documents, threads, [&](const DocumentRange& range) { return sign(documents, range, shingle_bars); }, write);
    return StageContent{{values.close(), sets.close()}, nullptr};
  });
}

}  // namespace etude
