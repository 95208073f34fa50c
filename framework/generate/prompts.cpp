#include <array>
#include <base/files.hpp>
#include <fstream>
#include <generate/prompts.hpp>
#include <iostream>

namespace etude {

std::span<const HeaderPrompt> header_prompts() {
  static constexpr std::array headers{
      HeaderPrompt{"reel", "X:1\nM:4/4\nL:1/8\nQ:1/4=180\nK:D\nV:1\nd2fd Adfd|"},
      HeaderPrompt{"jig", "X:1\nM:6/8\nL:1/8\nQ:1/4=170\nK:G\nV:1\nG2B dBG|"},
      HeaderPrompt{"waltz", "X:1\nM:3/4\nL:1/8\nQ:1/4=150\nK:F\nV:1\nA2c2f2|"},
      HeaderPrompt{"march", "X:1\nM:2/4\nL:1/8\nQ:1/4=110\nK:Bb\nV:1\nB2dB|"},
      HeaderPrompt{"air", "X:1\nM:4/4\nL:1/8\nQ:1/4=72\nK:Am\nV:1\nA4 c2e2|"},
  };
  return headers;
}

const HeaderPrompt& header_prompt(const std::string& name) {
  std::string known;
  for (const auto& header : header_prompts()) {
    if (name == header.name) return header;
    known += (known.empty() ? "" : ", ") + std::string(header.name);
  }
  throw usage_error(text("there is no header ", name), text("there are ", known, "; all takes each in turn, list shows them"));
}

std::string read_prompt(const std::string& file) {
  constexpr std::size_t longest = 1 << 20;
  const std::string name = file == "-" ? "standard input" : file;
  std::ifstream opened;
  if (file != "-") {
    if (std::filesystem::is_directory(file)) throw Error(text("cannot read the prompt from ", name, ": it is a directory"));
    opened.open(file, std::ios::binary);
    if (!opened) throw file_error("cannot read the prompt from", file, errno);
  }
  std::istream& input = file == "-" ? std::cin : opened;
  std::string prompt(longest + 1, '\0');
  input.read(prompt.data(), static_cast<std::streamsize>(prompt.size()));
  if (input.bad()) throw Error(text("cannot read the prompt from ", name));
  prompt.resize(static_cast<std::size_t>(input.gcount()));
  if (prompt.empty()) throw usage_error(text("the prompt in ", name, " is empty"), "leave the option out to start from nothing");
  if (prompt.size() > longest)
    throw usage_error(text("the prompt in ", name, " is longer than 1 MiB"), "no model sees that much");
  return prompt;
}

}  // namespace etude
