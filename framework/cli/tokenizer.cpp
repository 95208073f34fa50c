// etude tokenizer train|encode|decode: a vocabulary from text files, and text files as files of ids.
#include <array>
#include <base/clock.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/saved_tokenizer.hpp>
#include <corpus/token_stream.hpp>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

constexpr const char* default_delimiter = "<|endoftext|>";

std::string rate_text(std::int64_t bytes, double seconds) {
  return fixed(seconds > 0 ? static_cast<double>(bytes) / 1e6 / seconds : 0, 1) + " MB/s";
}

/// Shows how far it is, from the second second on, and ends the command when the user wants that.
class Watch {
 public:
  explicit Watch(std::string what) : what_(std::move(what)) {}
  void operator()(std::int64_t bytes) {
    if (interrupted()) throw Error("interrupted", "nothing was written", Fault::interrupted);
    if (seconds_since(begin_) > 1 && progress_.due())
      progress_.update(text(what_, ' ', bytes_text(static_cast<double>(bytes)), ", ", rate_text(bytes, seconds_since(begin_))));
  }
  double seconds() const { return seconds_since(begin_); }
  /// Of all threads: what a busy machine does not disturb.
  double processor_seconds() const { return static_cast<double>(std::clock() - processor_begin_) / CLOCKS_PER_SEC; }

 private:
  std::string what_;
  double begin_ = steady_seconds();
  std::clock_t processor_begin_ = std::clock();
  Progress progress_;
};

/// The report of a command: beside its output, so on standard error where standard output has that.
void print(const TextTable& table, const Json& json, bool as_json, const fs::path& output) {
  (output == "-" ? std::cerr : std::cout) << (as_json ? json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                                                      : table.text());
}

/// An output that is one of the inputs would be lost with the first mistake.
void require_apart(const std::vector<fs::path>& inputs, const fs::path& output) {
  std::error_code ignored;
  for (const fs::path& input : inputs)
    if (input != "-" && fs::equivalent(input, output, ignored) && fs::is_regular_file(output, ignored))
      throw usage_error(text(output.string(), " is read and would be overwritten"), "give the output another name");
}

/// Before minutes of work, not after them.
void require_writable(const fs::path& output) { replaceable(output); }

/// @throws Error naming the first of `files` that cannot be opened
void require_readable(const std::vector<fs::path>& files) {
  for (const fs::path& file : files)
    if (file != "-" && !fs::is_fifo(file)) InputStream opened(file);
  require_standard_input_once(files);
}

/// Ids that stand for a text, or for something else than text.
std::int64_t ids_in_use(const Tokenizer& tokenizer) {
  std::int64_t used = 0;
  for (TokenId id = 0; id < tokenizer.vocab_size(); ++id)
    if (id == tokenizer.unknown() || id == tokenizer.end_of_text() || tokenizer.decode({&id, 1}) != "\uFFFD") ++used;
  return used;
}

int train_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("files", po::value<std::vector<std::string>>()->composing(), "")(
      "output", po::value<std::string>()->value_name("FILE")->required(), "where the tokenizer goes, for example tok.json");
  add_tokenizer_options(options, "bpe");
  po::variables_map values;
  if (!parse_arguments(arguments, "tokenizer train --output FILE [options] TEXT...",
                       "Learns a vocabulary from text files, line by line; - is standard input.", options, "files", values))
    return 0;
  const auto names = strings(values, "files");
  if (names.empty()) throw usage_error("no files to learn from", "name them, or - for standard input");
  const std::vector<fs::path> files(names.begin(), names.end());
  const fs::path output = values["output"].as<std::string>();
  const int threads = thread_count(values);
  const auto catalogue = Catalogue::load(plugin_search_path(plugin_dirs(values), {}));
  const auto tokenizer = new_tokenizer(catalogue, values);
  require_readable(files);
  require_apart(files, output);
  if (output == "-") throw usage_error("a tokenizer cannot be written to standard output", "give --output a file");
  require_writable(output);

  catch_interrupts();
  TextBlocks blocks(files);
  Watch watch("learning:");
  BlockDocuments documents(blocks, [&] { watch(blocks.bytes()); });
  tokenizer->learn(documents, threads);
  const double learning = watch.seconds(), processor = watch.processor_seconds();
  if (documents.asked() && blocks.bytes() == 0)
    throw Error(text("nothing to learn from: ", names.size() == 1 ? input_name(files[0]) + " is empty" : "all files are empty"),
                "give it the text that is to be tokenized");
  const double saving = steady_seconds();
  if (const auto target = replaceable(output)) {
    replace_file(*target, [&](const fs::path& partial) { tokenizer->save(partial); });
  } else {
    tokenizer->save(output);
  }

  const std::int64_t used = ids_in_use(*tokenizer);
  if (used < tokenizer->vocab_size())
    log_warning(
        text("only ", used, " of the ", tokenizer->vocab_size(), " ids stand for something: the text has no more to learn"));
  TextTable table;
  table.add({"read", text(bytes_text(static_cast<double>(blocks.bytes())), ", ", counted(std::ssize(names), "file"))});
  table.add({"learned", text("in ", duration_text(learning), ", ", rate_text(blocks.bytes(), learning), ", threads: ", threads)});
  table.add({"vocabulary", text(tokenizer->vocab_size(), " ids, ", used, " in use")});
  table.add({"tokenizer", output.string()});
  const Json json{
      {"output", output.string()},
      {"bytes", blocks.bytes()},
      {"files", names.size()},
      {"threads", threads},
      {"vocab_size", tokenizer->vocab_size()},
      {"ids_in_use", used},
      {"seconds",
       {{"learning", learning}, {"processor", processor}, {"reading", blocks.seconds()}, {"saving", seconds_since(saving)}}}};
  print(table, json, values["json"].as<bool>(), output);
  return 0;
}

struct Conversion {
  fs::path saved, input, output;
  std::string delimiter;
  int threads = 1;
  bool json = false;
  std::shared_ptr<Tokenizer> tokenizer;
  double loading = 0;  ///< seconds
};

/// What encode and decode have in common up to the work itself; nothing if help was asked for.
std::optional<Conversion> read_conversion(const Arguments& arguments, const std::string& usage, const std::string& summary) {
  po::options_description options;
  options.add_options()("files", po::value<std::vector<std::string>>()->composing(), "")(
      "delimiter", po::value<std::string>()->value_name("TEXT")->default_value(default_delimiter),
      "the line that stands for the end of a text");
  add_tokenizer_options(options, "what the file says, else bpe");
  po::variables_map values;
  if (!parse_arguments(arguments, usage, summary, options, "files", values)) return std::nullopt;
  const auto names = strings(values, "files");
  if (names.size() != 3)
    throw usage_error(text(names.size() < 3 ? "too few" : "too many", " arguments"), "usage: etude " + usage);
  Conversion asked{
      names[0], names[1], names[2], values["delimiter"].as<std::string>(), thread_count(values), values["json"].as<bool>(),
      nullptr};
  if (asked.delimiter.empty() || asked.delimiter.find('\n') != std::string::npos)
    throw usage_error("--delimiter is no line", "give it the text of one line");
  require_readable({asked.saved, asked.input});
  require_apart({asked.saved, asked.input}, asked.output);
  require_writable(asked.output);
  const auto catalogue = Catalogue::load(plugin_search_path(plugin_dirs(values), {}));
  const double begin = steady_seconds();
  asked.tokenizer = saved_tokenizer(catalogue, asked.saved, values);
  asked.loading = seconds_since(begin);
  if (!values["delimiter"].defaulted() && !asked.tokenizer->end_of_text())
    throw usage_error("--delimiter is given, and this tokenizer has no end of text", "leave it out: the line is text then");
  catch_interrupts();
  return asked;
}

std::string width_text(std::int64_t vocab_size) {
  return bytes_per_id(vocab_size) == 2 ? "uint16, little-endian"
                                       : "uint32, little-endian: the vocabulary is too large for uint16";
}

int encode_command(const Arguments& arguments) {
  const auto asked =
      read_conversion(arguments, "tokenizer encode TOKENIZER TEXT IDS [options]",
                      "Encodes a text file line by line to packed ids: uint16, or uint32 if the vocabulary needs it,\n"
                      "little-endian. - is standard input or output. A delimiter line becomes the end-of-text id.");
  if (!asked) return 0;
  const Tokenizer& tokenizer = *asked->tokenizer;
  TextBlocks blocks({asked->input});
  Watch watch("encoding:");
  EncodedTotals totals;
  double streaming = 0, processor = 0;
  write_stream(asked->output, [&](const Write& write) {
    totals = encode_text(tokenizer, blocks, asked->delimiter, asked->threads, write,
                         [&](const EncodedTotals&) { watch(blocks.bytes()); });
    streaming = watch.seconds();
    processor = watch.processor_seconds();
  });
  const double seconds = watch.seconds();
  const double ratio = totals.characters ? static_cast<double>(totals.tokens) / static_cast<double>(totals.characters) : 0.0;
  if (totals.unknown > 0) log_warning(text(totals.unknown, " tokens are the unknown id: what they stood for cannot be decoded"));
  TextTable table;
  table.add({"read", text(bytes_text(static_cast<double>(blocks.bytes())), ", ", totals.characters, " characters")});
  table.add({"tokens", text(totals.tokens, ", ", fixed(ratio, 4), " a character")});
  if (tokenizer.end_of_text()) table.add({"ends of text", std::to_string(totals.ends)});
  table.add({"unknown", std::to_string(totals.unknown)});
  table.add(
      {"encoded", text("in ", duration_text(seconds), ", ", rate_text(blocks.bytes(), seconds), ", threads: ", asked->threads)});
  table.add({"ids", text(asked->output.string(), ", ", width_text(tokenizer.vocab_size()))});
  const Json json{{"output", asked->output.string()},
                  {"bytes", blocks.bytes()},
                  {"characters", totals.characters},
                  {"tokens", totals.tokens},
                  {"tokens_per_character", ratio},
                  {"ends_of_text", totals.ends},
                  {"unknown", totals.unknown},
                  {"vocab_size", tokenizer.vocab_size()},
                  {"bytes_per_id", bytes_per_id(tokenizer.vocab_size())},
                  {"threads", asked->threads},
                  {"seconds",
                   {{"all", seconds},
                    {"loading", asked->loading},
                    {"streaming", streaming},
                    {"processor", processor},
                    {"reading", blocks.seconds()},
                    {"encoding", totals.seconds}}}};
  print(table, json, asked->json, asked->output);
  return 0;
}

int decode_command(const Arguments& arguments) {
  const auto asked = read_conversion(arguments, "tokenizer decode TOKENIZER IDS TEXT [options]",
                                     "Decodes what `etude tokenizer encode` wrote. - is standard input or output.\n"
                                     "The end-of-text id becomes a delimiter line.");
  if (!asked) return 0;
  InputStream ids(asked->input);
  Watch watch("decoding:");
  DecodedTotals totals;
  write_stream(asked->output, [&](const Write& write) {
    totals = decode_tokens(*asked->tokenizer, ids, asked->delimiter, asked->threads, write,
                           [&](const DecodedTotals& so_far) { watch(so_far.bytes); });
  });
  const double seconds = watch.seconds();
  TextTable table;
  table.add({"read", text(totals.tokens, " tokens, ", totals.ends, " ends of text")});
  table.add(
      {"decoded", text("in ", duration_text(seconds), ", ", rate_text(totals.bytes, seconds), ", threads: ", asked->threads)});
  table.add({"text", text(asked->output.string(), ", ", bytes_text(static_cast<double>(totals.bytes)))});
  const Json json{{"output", asked->output.string()},
                  {"tokens", totals.tokens},
                  {"ends_of_text", totals.ends},
                  {"bytes", totals.bytes},
                  {"threads", asked->threads},
                  {"seconds", {{"all", seconds}, {"loading", asked->loading}, {"decoding", totals.seconds}}}};
  print(table, json, asked->json, asked->output);
  return 0;
}

constexpr std::array commands{
    Command{"train", "learn a vocabulary from text files", train_command},
    Command{"encode", "a text file as a file of ids", encode_command},
    Command{"decode", "a file of ids as text", decode_command},
};

}  // namespace

int tokenizer_command(const Arguments& arguments) {
  return run_group("tokenizer", "tokenizers by themselves, on files and standard input", commands, arguments);
}

}  // namespace etude
