// etude abc check|midi: ABC texts judged as music21 or the standard would, and as MIDI files.
#include <array>
#include <base/log.hpp>
#include <base/text.hpp>
#include <cli/abc_lines.hpp>
#include <cli/command.hpp>
#include <etude/music/midi.hpp>
#include <etude/unicode.hpp>
#include <iostream>

namespace etude {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// The whole of a file or of standard input.
std::string read_abc_file(const fs::path& file) {
  InputStream input(file);
  std::string content;
  for (std::size_t count = block_bytes; count == block_bytes;) {
    const std::size_t before = content.size();
    content.resize(before + block_bytes);
    count = input.read({content.data() + before, block_bytes});
    content.resize(before + count);
    if (content.size() > longest_abc)
      throw Error(text(input_name(file), " is larger than ", longest_abc >> 20, " MiB"),
                  "is it ABC? a book of tunes can be cut between tunes");
  }
  return content;
}

/// Old collections are in Latin-1: their titles read wrong, their notes right.
void warn_unless_utf8(const std::string& content, const fs::path& file) {
  std::int64_t line = 1, column = 0;
  for (std::size_t position = 0; position < content.size();) {
    const CodePoint point = first_code_point(std::string_view(content).substr(position));
    ++column;
    if (!point.valid) {
      log_warning(
          text(input_name(file), ":", line, ":", column, ": not UTF-8 from here on; bytes that are not are read as U+FFFD"));
      return;
    }
    if (point.value == '\n') ++line, column = 0;
    position += static_cast<std::size_t>(point.bytes);
  }
}

void add_reading_option(po::options_description& options) {
  options.add_options()("reading", po::value<std::string>()->value_name("NAME")->default_value("music21"),
                        "music21 (what music21 9.9.1 accepts and yields) or strict (ABC 2.1)");
}

music::Reading reading_of(const po::variables_map& values) {
  const auto name = values["reading"].as<std::string>();
  if (name == "music21") return music::Reading::music21;
  if (name == "strict") return music::Reading::strict;
  throw usage_error(text("unknown reading ", name), "there are music21 and strict");
}

/// FILE:line:column: cause, as compilers write it.
std::string located(const fs::path& file, const music::AbcError& error) {
  if (error.line() == 0) return text(input_name(file), ": does not parse: ", error.cause());
  return text(input_name(file), ":", error.line(), ":", error.column(), ": does not parse: ", error.cause());
}

std::int64_t count_notes(std::string_view midi) {
  const auto notes = music::read_midi_notes(midi);
  return std::count_if(notes.begin(), notes.end(), [](const auto& note) { return note.pitch != music::MidiNote::tempo; });
}

/// What a file is worth, on a line.
struct FileVerdict {
  bool good = false;
  std::string line;
};

FileVerdict judge_file(const fs::path& file, music::Reading reading) {
  const std::string content = read_abc_file(file);
  warn_unless_utf8(content, file);
  try {
    const std::string midi = music::write_midi(music::read_abc(content, reading));
    return {true, text(input_name(file), ": ok, ", counted(count_notes(midi), "note"))};
  } catch (const music::AbcError& error) {
    return {false, located(file, error)};
  } catch (const music::MidiExportError& error) {
    return {false, text(input_name(file), ": does not export: ", error.message())};
  }
}

/// A file that cannot be read is told and does not keep the others from being judged.
int check_files(const std::vector<std::string>& files, music::Reading reading) {
  bool all_good = true;
  for (const std::string& file : files) {
    try {
      const FileVerdict verdict = judge_file(file, reading);
      std::cout << verdict.line << std::endl;
      all_good = all_good && verdict.good;
    } catch (const Error& error) {
      log_error(error.what());
      all_good = false;
    }
  }
  return all_good ? 0 : 1;
}

int check_lines(std::vector<std::string> files, music::Reading reading, bool notes) {
  if (files.empty()) files = {"-"};
  bool all_good = true;
  for (const std::string& file : files) {
    try {
      InputStream lines(file);
      const auto judged = judge_lines(lines, reading, notes, std::cout, log_error);
      all_good = all_good && judged.unusable == 0;
    } catch (const Error& error) {
      if (!std::cout) throw;
      log_error(error.what());
      all_good = false;
    }
  }
  return all_good ? 0 : 1;
}

int check_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("files", po::value<std::vector<std::string>>()->composing(), "");
  add_reading_option(options);
  options.add_options()(
      "jsonl", po::bool_switch(),
      "read lines {\"id\": ..., \"text\": ...} and write a line for each: id, parse, parse_error, midi, midi_error, n_notes")(
      "notes", po::bool_switch(),
      "with --jsonl: also notes, the sorted list of [onset tick, pitch, duration tick]; pitch -1 is a tempo, in microseconds a "
      "quarter");
  po::variables_map values;
  if (!parse_arguments(
          arguments, "abc check [options] FILE...",
          "Says whether ABC texts parse, and whether they can be written as MIDI. - is standard input, and with --jsonl the\n"
          "default. Ends with 1 if a file is not good; with --jsonl if a line holds no text.",
          options, "files", values))
    return 0;
  const auto files = strings(values, "files");
  const auto reading = reading_of(values);
  require_standard_input_once({files.begin(), files.end()});
  if (values["jsonl"].as<bool>()) return check_lines(files, reading, values["notes"].as<bool>());
  if (values["notes"].as<bool>()) throw usage_error("--notes is for --jsonl", "add --jsonl, or use: etude abc midi");
  if (files.empty()) throw usage_error("no files to check", "name them, or - for standard input");
  return check_files(files, reading);
}

int midi_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("files", po::value<std::vector<std::string>>()->composing(), "");
  add_reading_option(options);
  const std::string usage = "abc midi IN.abc OUT.mid [options]";
  po::variables_map values;
  if (!parse_arguments(arguments, usage, "Writes an ABC text as a MIDI file. - is standard input or output.", options, "files",
                       values))
    return 0;
  const auto files = strings(values, "files");
  if (files.size() != 2)
    throw usage_error(text(files.size() < 2 ? "too few" : "too many", " arguments"), "usage: etude " + usage);
  const fs::path input = files[0], output = files[1];
  const auto reading = reading_of(values);
  std::error_code ignored;
  if (input != "-" && fs::equivalent(input, output, ignored) && fs::is_regular_file(output, ignored))
    throw usage_error(text(output.string(), " is read and would be overwritten"), "give the output another name");
  const std::string content = read_abc_file(input);
  warn_unless_utf8(content, input);
  std::string midi;
  try {
    const music::Score score = music::read_abc(content, reading);
    midi = music::write_midi(score);
    if (score.tunes.size() > 1)
      log_warning(text(input_name(input), " holds ", score.tunes.size(), " tunes: ", output.string(),
                       " has the last of them, which is what music21 leaves; for the others cut the text between tunes"));
  } catch (const music::AbcError& error) {
    throw Error(located(input, error), "mend the text there; etude abc check reads it without writing");
  } catch (const music::MidiExportError& error) {
    throw Error(text(input_name(input), ": does not export: ", error.message()), error.remedy());
  }
  write_stream(output, [&](const Write& write) { write(midi); });
  (output == "-" ? std::cerr : std::cout) << output.string() << ": " << counted(count_notes(midi), "note") << ", "
                                          << bytes_text(static_cast<double>(midi.size())) << '\n';
  return 0;
}

constexpr std::array commands{
    Command{"check", "whether texts parse, and whether they export to MIDI", check_command},
    Command{"midi", "write a text as a MIDI file", midi_command},
};

}  // namespace

int abc_command(const Arguments& arguments) {
  return run_group("abc", "music as ABC text, judged and written as MIDI", commands, arguments);
}

}  // namespace etude
