// Text as it stands: a folder of files, one document each, or files that hold several documents with a line between them.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <etude/plugin.hpp>
#include <fstream>

namespace {

namespace fs = std::filesystem;

struct TextOptions {
  fs::path path;
  std::string extension = ".txt";
  std::string delimiter;

  static auto fields() {
    return etude::fields(
        etude::field(&TextOptions::path, "path", "A text file, or a folder that is searched with all below it", etude::required,
                     etude::no_effect_on_result),
        etude::field(&TextOptions::extension, "extension", "Which files of a folder: those whose names end so; \"\" for all"),
        etude::field(&TextOptions::delimiter, "delimiter",
                     "A line that ends a document within a file; \"\": a file is a document"));
  }
};

/// The text files of a file or folder, in the order of their relative paths: the order in which a file system lists them differs
/// from one machine to the next.
std::vector<fs::path> find_files(const TextOptions& options) {
  const std::string where = options.path.string();
  if (!fs::exists(options.path))
    throw etude::Error(etude::text("there is no file or folder ", where), "set dataset.path to where the texts are");
  if (!fs::is_directory(options.path)) return {options.path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(options.path))
    if (entry.is_regular_file() && entry.path().filename().string().ends_with(options.extension)) files.push_back(entry.path());
  if (files.empty())
    throw etude::Error(etude::text("no file below ", where, " has a name that ends in \"", options.extension, "\""),
                       "set dataset.extension, or dataset.path to another folder");
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.generic_string() < b.generic_string(); });
  return files;
}

/// The delimiter as a line: "\n---\n" means "---".
std::string line_of(const std::string& delimiter) {
  const auto begin = delimiter.find_first_not_of("\r\n"), end = delimiter.find_last_not_of("\r\n");
  if (begin == std::string::npos) {
    if (delimiter.empty()) return "";
    throw etude::usage_error("dataset.delimiter is an empty line", "give a line with something on it");
  }
  const std::string line = delimiter.substr(begin, end - begin + 1);
  if (line.find_first_of("\r\n") != std::string::npos)
    throw etude::usage_error("dataset.delimiter has more than one line",
                             "give one line, which ends a document where it stands alone");
  return line;
}

std::ifstream open(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw etude::Error(etude::text("cannot open ", file.string()), "is it readable for you?");
  return in;
}

/// SHA-256 of what is added.
class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string hexadecimal() {
    std::array<unsigned char, 32> digest;
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    std::string out;
    for (const unsigned char byte : digest) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    }
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// Holds one document at a time, and the names of the files. Line breaks at a document's end are dropped, since the separator
/// follows; documents without any other character are left out.
class TextDataset final : public etude::Dataset {
 public:
  using Options = TextOptions;
  TextDataset(const Options& options, const etude::DatasetContext&) : options_(options) {
    options_.delimiter = line_of(options.delimiter);
  }

  bool next(etude::Document& document) override {
    while (next_text(document)) {
      while (!document.text.empty() && (document.text.back() == '\n' || document.text.back() == '\r')) document.text.pop_back();
      document.split.reset();
      ++counts_[document.text.empty() ? "empty" : "read"];
      if (!document.text.empty()) return true;
    }
    return false;
  }

  void rewind() override {
    file_ = 0;
    number_ = 0;
    in_.close();
    counts_.clear();
  }

  std::string fingerprint() override {
    Sha256 digest;
    std::vector<char> buffer(1 << 20);
    for (const auto& file : files()) {
      std::ifstream in = open(file);
      // Lengths stand before name and content, so that no two folders spell the same sequence of bytes.
      const std::string name = id_of(file);
      digest.add(etude::text(name.size(), ' ', name, ' ', fs::file_size(file), ' '));
      while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0)
        digest.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
      if (in.bad()) throw etude::Error(etude::text("cannot read ", file.string()));
    }
    return digest.hexadecimal();
  }

  std::map<std::string, std::int64_t> outcome_counts() const override { return counts_; }

 private:
  const std::vector<fs::path>& files() {
    if (files_.empty()) files_ = find_files(options_);
    return files_;
  }

  std::string id_of(const fs::path& file) const {
    return fs::is_directory(options_.path) ? file.lexically_relative(options_.path).generic_string() : file.filename().string();
  }

  bool next_text(etude::Document& document) {
    while (file_ < files().size()) {
      const fs::path& file = files()[file_];
      if (!in_.is_open()) {
        in_ = open(file);
        number_ = 0;
      }
      const bool more = read_text(document.text);
      if (in_.bad()) throw etude::Error(etude::text("cannot read ", file.string()));
      if (more) {
        document.id = id_of(file);
        if (!options_.delimiter.empty()) document.id += etude::text('#', ++number_);
        return true;
      }
      in_.close();
      ++file_;
    }
    return false;
  }

  /// The next document of the open file; false at its end.
  bool read_text(std::string& text) {
    text.clear();
    if (in_.peek() == std::ifstream::traits_type::eof()) return false;
    if (options_.delimiter.empty()) {
      text.assign(std::istreambuf_iterator<char>(in_), {});
      return true;
    }
    for (std::string line; std::getline(in_, line);) {
      const std::string_view bare(line.data(), line.size() - (line.ends_with('\r') ? 1 : 0));
      if (bare == options_.delimiter) break;
      text += line + '\n';
    }
    return true;
  }

  Options options_;
  std::vector<fs::path> files_;
  std::size_t file_ = 0;
  std::int64_t number_ = 0;
  std::ifstream in_;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace

ETUDE_PLUGIN("etude.dataset_text", "1.0.0", registry) {
  registry.add<TextDataset>("text", "Text files: a document each, or several with a line between them");
}
