// What becomes of the raw text of a tune: the cleaning profiles. README.md states each rule, and why it is there.
#pragma once

#include <string>
#include <string_view>

namespace dataset_music {

/// A document's text by a profile, or why there is none.
struct Cleaned {
  std::string text{};             ///< UTF-8
  std::string trimmed{};          ///< lines taken from its front that count in the gzip ratio all the same
  const char* dropped = nullptr;  ///< the reason, for the outcomes; then the texts are empty
};

/// A way to clean text. `clean` is a function of its argument alone; any number of threads.
struct Profile {
  const char* name;
  const char* separator;  ///< what follows each document in the packed text, unless the tokenizer has an end-of-text id
  Cleaned (*clean)(std::string_view raw);
};

/// "phase1", "phase2" or "etude". @throws Error for another name
const Profile& find_profile(std::string_view name);

/// The profile of the scaling study. Text: the lines joined with "\n", no newline at the end.
Cleaned clean_phase1(std::string_view raw);

/// The profile of the study's largest model. Text: the lines, each with "\n", and a "\n" more.
Cleaned clean_phase2(std::string_view raw);

/// Etude's own. Text: the lines joined with "\n", no newline at the end.
Cleaned clean_etude(std::string_view raw);

}  // namespace dataset_music
