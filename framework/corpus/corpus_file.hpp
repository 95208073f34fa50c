// corpus.h5: what is known about a packed corpus, beside its tokens. Its layout is in README.md of this folder.
#pragma once

#include <corpus/analysis.hpp>
#include <corpus/corpus.hpp>

namespace etude {

inline constexpr const char* corpus_file_name = "corpus.h5";

/// The text whose tokens show what a tokenizer does.
inline constexpr const char* example_text = "M:4/4\nL:1/8";
std::vector<TokenId> encoded_example(const Corpus& corpus);

/// Replaces `file`. @param analysis  null if none was made
void write_corpus_file(const std::filesystem::path& file, const Corpus& corpus, const Analysis* analysis);

/// What of the file is not in a Corpus.
struct CorpusFile {
  std::string fingerprint;
  std::optional<Analysis> analysis;
};
/// @throws Error if it is no such file, or of another format
CorpusFile read_corpus_file(const std::filesystem::path& file);

}  // namespace etude
