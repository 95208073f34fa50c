#include <unistd.h>

#include <algorithm>
#include <base/files.hpp>
#include <etude/process.hpp>
#include <fstream>
#include <generate/rendering.hpp>

namespace etude {

namespace fs = std::filesystem;

namespace {

/// An empty folder beside the results, gone with this object.
class ScratchFolder {
 public:
  explicit ScratchFolder(const fs::path& beside) : folder_(beside.parent_path() / text(".rendering-", getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

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
  const ScratchFolder scratch(stem);
  write_file(scratch.folder() / "tune.abc", tune);
  // Pages as SVG; -S: nothing that the tune says makes it read other files.
  const auto failure = run(abcm2ps, {"-q", "-S", "-v", "-O", "page.svg", "tune.abc"}, scratch.folder());
  std::vector<fs::path> pages;
  for (const auto& entry : fs::directory_iterator(scratch.folder()))
    if (entry.path().extension() == ".svg") pages.push_back(entry.path());
  std::sort(pages.begin(), pages.end());
  // What it complains of it prints all the same.
  if (pages.empty()) throw Error(text("abcm2ps printed nothing: ", failure.empty() ? "there is no music in the tune" : failure));
  std::vector<fs::path> written;
  for (std::size_t page = 0; page < pages.size(); ++page) {
    written.push_back(stem.string() + (pages.size() == 1 ? std::string() : text("-page-", page + 1)) + ".svg");
    fs::rename(pages[page], written.back());
  }
  return written;
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

}  // namespace etude
