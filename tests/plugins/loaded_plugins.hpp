// The built plugins, loaded as the program loads them, and short ways to use their parts.
#pragma once

#include <config/experiment.hpp>
#include <cstdlib>
#include <etude/dataset.hpp>
#include <host/catalogue.hpp>
#include <temporary_directory.hpp>
#include <vector>

namespace etude::testing {

inline const Catalogue& built_plugins() {
  static const Catalogue loaded = Catalogue::load({{std::getenv("ETUDE_PLUGINS"), "the test"}});
  return loaded;
}

/// What a dataset gave in one pass.
struct Reading {
  std::vector<std::string> ids, texts;
  std::map<std::string, std::int64_t> counts;
  std::vector<Outcome> outcomes;

  bool operator==(const Reading& other) const { return ids == other.ids && texts == other.texts && counts == other.counts; }
};

inline Reading read_all(Dataset& dataset) {
  Reading reading;
  for (Document document; dataset.next(document);) {
    reading.ids.push_back(document.id);
    reading.texts.push_back(document.text);
  }
  reading.counts = dataset.outcome_counts();
  reading.outcomes = dataset.outcomes();
  return reading;
}

/// A text file, its folder made if need be.
inline std::filesystem::path write(const std::filesystem::path& file, const std::string& content) {
  std::filesystem::create_directories(file.parent_path());
  FILE* out = std::fopen(file.c_str(), "wb");
  if (!out || std::fwrite(content.data(), 1, content.size(), out) != content.size() || std::fclose(out) != 0)
    throw std::runtime_error("cannot write " + file.string());
  return file;
}

inline std::string read(const std::filesystem::path& file) {
  std::string content(std::filesystem::file_size(file), '\0');
  FILE* in = std::fopen(file.c_str(), "rb");
  if (!in || std::fread(content.data(), 1, content.size(), in) != content.size())
    throw std::runtime_error("cannot read " + file.string());
  std::fclose(in);
  return content;
}

/// The message and remedy of the Error that `call` throws, or "" if it throws none.
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace etude::testing
