// A stage of preparation: a folder that is whole, with a manifest of checksums, or not there.
#pragma once

#include <corpus/output_file.hpp>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace etude {

/// What a stage is made of, and where it lies.
struct StageKey {
  std::string kind;                 ///< "documents", "ratios", "signatures", "texts" or "tokens"
  std::filesystem::path directory;  ///< `<corpora>/<kind>-<16 digits of the fingerprint>`
  std::string fingerprint;          ///< SHA-256 of `made_of`
  std::string made_of;              ///< canonical JSON: all that decides what is in the
                                    ///< stage; stands in its manifest too

  StageKey(std::string kind, const std::filesystem::path& parent, std::string made_of);
  std::string manifest_name() const { return kind == "tokens" ? "corpus.json" : kind + ".json"; }
};

/// Fills the folder it is given and returns the manifest's own entries and the files written.
struct StageContent {
  std::vector<FileSummary> files;
  std::shared_ptr<nlohmann::ordered_json> facts;
};

/// Builds the stage as a whole: `fill` writes into a folder beside, which gets the manifest and takes the name at the end. What
/// was there is replaced. If `fill` throws, nothing is left behind.
void build_stage(const StageKey& key, const std::function<StageContent(const std::filesystem::path& folder)>& fill);

enum class Tell { damage, nothing };

/// The manifest of a stage that is there and whole, or nothing; what is damaged is told in a warning, if wanted. Every file's
/// size is compared with the manifest. Its SHA-256 is compared too, unless that has been done since the file last changed (its
/// time and size stand in `verified.json`): so a large corpus is read for it once, not for each run.
std::shared_ptr<nlohmann::ordered_json> open_stage(const StageKey& key, Tell tell = Tell::damage);

/// Why a stage that does not open has to be made, in words for the user: "it was damaged", "split.seed is 43 in place of 42" (of
/// the stage of its kind beside it that differs least), or "there is none yet".
std::string why_made(const StageKey& key);

/// Removes folders that killed processes left beside the stages. Call it with the lock held.
void remove_unfinished_stages(const std::filesystem::path& parent);

}  // namespace etude
