#include <algorithm>
#include <base/files.hpp>
#include <base/scratch_folder.hpp>
#include <base/text.hpp>
#include <cstdio>
#include <etude/process.hpp>
#include <fstream>
#include <generate/ogg.hpp>
#include <generate/rendering.hpp>

namespace etude {

namespace fs = std::filesystem;

namespace {

/// Runs a program within limits for what a tune needs. Returns why it failed, or nothing.
std::string run(const fs::path& program, const std::vector<std::string>& arguments, const fs::path& directory) {
  ProcessLimits limits;
  limits.seconds = 120;
  limits.file_bytes = 1ull << 30;
  const auto result = run_process(program, arguments, directory, limits, {});
  if (result.ok()) return "";
  if (result.end == ProcessResult::End::timed_out) return "it took longer than two minutes";
  return result.last_line().empty() ? text("it ended with ", result.code) : result.last_line();
}

/// `tune` without what abcm2ps would obey rather than print. Directives (%%format, %%abc-include, and as I: fields) can make it
/// read any file, in its secure mode too, and %%beginsvg copies what follows into the picture. Those that say which voices share
/// a staff stay.
std::string without_directives(std::string_view tune) {
  std::string safe;
  for (std::size_t at = 0; at < tune.size();) {
    const auto end = std::min(tune.find_first_of("\r\n", at), tune.size());
    std::string line(tune.substr(at, end - at));
    const bool grouping = line.starts_with("%%score") || line.starts_with("%%staves");
    if (line.starts_with("I:") || (line.starts_with("%%") && !grouping)) line = "%";
    for (auto field = line.find("[I:"); field != line.npos; field = line.find("[I:", field)) line[field + 1] = 'r';  // a remark
    safe += line + '\n';
    at = end + 1;
  }
  return safe;
}

/// The pictures that abcm2ps makes of a tune in `folder`, in order.
std::vector<fs::path> print_tune(const fs::path& abcm2ps, std::string_view tune, std::vector<std::string> options,
                                 const fs::path& folder) {
  write_file(folder / "tune.abc", without_directives(tune));
  options.insert(options.end(), {"-q", "-S", "-O", "page.svg", "tune.abc"});  // -S: secure mode
  const auto failure = run(abcm2ps, options, folder);
  std::vector<fs::path> pages;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".svg") pages.push_back(entry.path());
  std::sort(pages.begin(), pages.end());
  // What it complains of it prints all the same.
  if (pages.empty()) throw Error(text("abcm2ps printed nothing: ", failure.empty() ? "there is no music in the tune" : failure));
  return pages;
}

/// Removes each part that begins and ends so.
void remove_between(std::string& text, std::string_view begin, std::string_view end) {
  for (auto from = text.find(begin); from != text.npos; from = text.find(begin, from)) {
    const auto to = text.find(end, from + begin.size());
    text.erase(from, to == text.npos ? text.npos : to + end.size() - from);
  }
}

/// What a page needs of a picture: without prologue, comments and title, in one line, and free to take another size.
std::string bare_picture(std::string svg) {
  svg.erase(0, svg.find("<svg"));
  remove_between(svg, "<!--", "-->");
  remove_between(svg, "<title>", "</title>");
  std::replace(svg.begin(), svg.end(), '\n', ' ');
  std::erase(svg, '\t');
  double width = 0, height = 0;
  const auto size = svg.find("width=\"");
  if (size != svg.npos && std::sscanf(svg.c_str() + size, "width=\"%lfpx\" height=\"%lfpx\"", &width, &height) == 2)
    svg.insert(size, text("viewBox=\"0 0 ", fixed(width, 2), ' ', fixed(height, 2), "\" "));
  return svg;
}

}  // namespace

fs::path require_program(const std::string& name, const std::string& needed_by, const std::string& package) {
  auto program = find_program(name);
  if (program.empty())
    throw Error(text(name, " not found, and ", needed_by, " needs it"),
                text("install it (Debian: apt-get install ", package, ")"));
  return program;
}

fs::path require_sound_font(const fs::path& given) {
  if (!given.empty()) {
    constexpr const char* remedy = "name a SoundFont file (.sf2, .sf3), or leave --sound-font out";
    if (!fs::is_regular_file(given)) throw Error(text("there is no sound font ", given.string()), remedy);
    // Given anything else, fluidsynth writes silence and reports no failure.
    std::string begin(12, '\0');
    std::ifstream(given, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
    if (!begin.starts_with("RIFF") || !(begin.ends_with("sfbk") || begin.ends_with("DLS ")))
      throw Error(text(given.string(), " is no sound font"), remedy);
    return fs::absolute(given);
  }
  const fs::path folder = "/usr/share/sounds/sf2";
  for (const char* name : {"TimGM6mb.sf2", "default-GM.sf2", "FluidR3_GM.sf2"})
    if (fs::is_regular_file(folder / name)) return folder / name;
  throw Error(text("no sound font in ", folder.string(), ", and --sound needs one"),
              "install one (Debian: apt-get install timgm6mb-soundfont), or name one with --sound-font");
}

std::vector<fs::path> write_sheet(const fs::path& abcm2ps, std::string_view tune, const fs::path& stem) {
  const ScratchFolder scratch(stem.parent_path());
  const auto pages = print_tune(abcm2ps, tune, {"-v"}, scratch.folder());  // a file a page
  std::vector<fs::path> written;
  for (std::size_t page = 0; page < pages.size(); ++page) {
    written.push_back(stem.string() + (pages.size() == 1 ? std::string() : text("-page-", page + 1)) + ".svg");
    fs::rename(pages[page], written.back());
  }
  return written;
}

std::string draw_sheet(const fs::path& abcm2ps, std::string_view tune) {
  const ScratchFolder scratch(fs::temp_directory_path());
  // A file a tune (-g), narrow enough for a phone.
  const auto pages = print_tune(abcm2ps, tune,
                                {"-g", "--pagewidth", "17cm", "--leftmargin", "0.4cm", "--rightmargin", "0.4cm", "--topmargin",
                                 "0.2cm", "--botmargin", "0.2cm"},
                                scratch.folder());
  return bare_picture(read_file(pages.front()));
}

void write_sound(const fs::path& fluidsynth, const fs::path& sound_font, const fs::path& midi, const fs::path& wav) {
  replace_file(wav, [&](const fs::path& beside) {
    const auto failure = run(fluidsynth,
                             {"-n", "-i", "-q", "-r", "44100", "-T", "wav", "-F", fs::absolute(beside).string(),
                              sound_font.string(), fs::absolute(midi).string()},
                             fs::current_path());
    if (!failure.empty()) throw Error("fluidsynth failed: " + failure);
    if (!fs::is_regular_file(beside) || fs::file_size(beside) == 0) throw Error("fluidsynth wrote no sound");
  });
}

Sound play_midi(const fs::path& fluidsynth, const fs::path& sound_font, std::string_view midi, double seconds) {
  constexpr int sample_rate = 22050;
  const ScratchFolder scratch(fs::temp_directory_path());
  const fs::path played = scratch.folder() / "played.oga";
  write_file(scratch.folder() / "tune.mid", midi);
  // Without reverb and chorus: an echo costs a tenth of the size.
  const auto failure = run(fluidsynth,
                           {"-n", "-i", "-q", "-R", "0", "-C", "0", "-r", std::to_string(sample_rate), "-T", "oga", "-F",
                            played.string(), sound_font.string(), "tune.mid"},
                           scratch.folder());
  if (!failure.empty()) throw Error("fluidsynth failed: " + failure);
  if (!fs::is_regular_file(played)) throw Error("fluidsynth wrote no sound");
  Sound sound;
  sound.ogg = read_file(played);
  const auto size = sound.ogg.size();
  sound.seconds = cut_ogg(sound.ogg, sample_rate, seconds);
  sound.whole = sound.ogg.size() == size;
  return sound;
}

}  // namespace etude
