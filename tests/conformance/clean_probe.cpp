// What phase1_test.py and phase2_test.py compare with: a profile's texts, and their gzip sizes.
// usage: clean_probe PROFILE < FILES, one path a line; for each one line of JSON: text or null, separator, reason, raw_bytes,
// gz_bytes.
#include <corpus/gzip_ratio.hpp>
#include <dataset_music/cleaning.hpp>
#include <etude/error.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

int main(int count, char** arguments) try {
  if (count != 2) throw etude::usage_error("usage: clean_probe PROFILE < FILES");
  const auto& profile = dataset_music::find_profile(arguments[1]);
  etude::GzipMeter meter;
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw etude::Error("cannot read " + path);
    const std::string raw(std::istreambuf_iterator<char>(file), {});
    dataset_music::Cleaned cleaned = profile.clean(raw);
    nlohmann::ordered_json row = {{"file", path}, {"text", nullptr}, {"separator", profile.separator}};
    if (cleaned.dropped) {
      row["reason"] = cleaned.dropped;
    } else {
      const etude::Document document{path, std::move(cleaned.text), {}, std::move(cleaned.trimmed)};
      const etude::GzipSize size = meter.measure(document);
      row["text"] = document.text;
      row["raw_bytes"] = size.raw_bytes;
      row["gz_bytes"] = size.gzip_bytes;
    }
    std::cout << row.dump() << '\n';
  }
} catch (const std::exception& error) {
  std::cerr << "clean_probe: " << error.what() << '\n';
  return 1;
}
