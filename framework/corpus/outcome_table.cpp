#include <array>
#include <corpus/outcome_table.hpp>
#include <corpus/streams.hpp>
#include <fstream>
#include <unordered_map>
#include <utility>
#include <vector>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// Calls `use` with each line of a file of a stage.
template <class Use>
void for_each_line(const fs::path& file, const Use& use) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw Error(text("cannot read ", file.string(), ", which says what became of the documents"),
                text("remove ", file.parent_path().parent_path().string(), " and prepare the corpus again"));
  for (std::string line; std::getline(in, line);) use(line);
}

/// The first fields of a line, and as the last one all that is left of it.
template <std::size_t count>
std::array<std::string, count> fields_of(const std::string& line) {
  std::array<std::string, count> fields;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < count && begin <= line.size(); ++i) {
    const std::size_t end = i + 1 < count ? std::min(line.find('\t', begin), line.size()) : line.size();
    fields[i] = line.substr(begin, end - begin);
    begin = end + 1;
  }
  return fields;
}

/// Of each document by its id: all but the id, and whether it has been written.
struct Decision {
  std::string fields;
  bool written = false;
};

/// The documents' lines of decisions.tsv, which end in the id, and their ids in the dataset's order.
std::vector<std::string> read_decisions(const fs::path& file, std::unordered_map<std::string, Decision>& decisions) {
  std::vector<std::string> ids;
  bool titles = true;
  for_each_line(file, [&](const std::string& line) {
    if (std::exchange(titles, false)) return;
    auto [verdict, twin, characters, raw_bytes, gzip_bytes, group, id] = fields_of<7>(line);
    decisions[id].fields = text(verdict, '\t', twin, '\t', characters, '\t', raw_bytes, '\t', gzip_bytes, '\t', group);
    ids.push_back(std::move(id));
  });
  return ids;
}

}  // namespace

void write_outcome_table(const fs::path& file, const Corpus& corpus) {
  std::unordered_map<std::string, Decision> decisions;
  const auto ids = read_decisions(corpus.texts_directory / "decisions.tsv", decisions);
  const std::string nothing = "\t\t\t\t\t";
  write_stream(file, [&](const Write& write) {
    write("id\tresult\treason\tverdict\ttwin_in_training\tcharacters\traw_bytes\tgzip_bytes\tgroup\n");
    for_each_line(corpus.documents_directory / "outcomes.tsv", [&](const std::string& line) {
      const auto document = decisions.find(line.substr(0, line.find('\t')));
      if (document != decisions.end()) document->second.written = true;
      write(text(line, '\t', document == decisions.end() ? nothing : document->second.fields, '\n'));
    });
    for (const auto& id : ids)
      if (!decisions[id].written) write(text(id, "\t\t\t", decisions[id].fields, '\n'));
    for_each_line(corpus.texts_directory / "outcomes.tsv",
                  [&](const std::string& line) { write(text(line, '\t', nothing, '\n')); });
  });
}

}  // namespace etude
