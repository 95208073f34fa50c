#include <algorithm>
#include <base/words.hpp>
#include <config/known.hpp>
#include <etude/error.hpp>

namespace etude {

std::string nearest_or_all(const std::string& word, const std::vector<std::string>& known) {
  const std::string guess = nearest(word, known);
  return guess.empty() ? "known here: " + joined(known) : text("did you mean ", guess, "?");
}

void check_keys(const Table& table, const std::vector<std::string>& known, const std::string& path,
                std::vector<Problem>& problems) {
  for (const Entry& entry : table)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      problems.push_back({entry.key_origin, text("unknown ", path.empty() ? "section " : "key " + path + ".", entry.key),
                          nearest_or_all(entry.key, known)});
}

}  // namespace etude
