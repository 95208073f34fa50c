// Archives as sources: they read as the folders that they unpack to. Python writes them, so that none of the plugin's own code
// does.
#include <torch/torch.h>

#include <catch.hpp>
#include <child_process.hpp>
#include <limits.hpp>
#include <plugins/midi_workshop.hpp>
#include <thread>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

/// Runs a Python script with `folder` as its working directory.
void python(const fs::path& folder, const std::string& script) {
  const fs::path file = write(folder / "script.py", "import tarfile, zipfile, io, os, shutil\n" + script);
  const std::string command =
      "cd '" + folder.string() + "' && '" + std::getenv("ETUDE_TEST_PYTHON") + "' '" + file.string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("this script failed:\n" + script);
  fs::remove(file);
}

/// Adds members to a tar file `t`: file(name, content), link(name, target, type).
const std::string tar_words =
    "def file(name, content):\n"
    "    i = tarfile.TarInfo(name); i.size = len(content); t.addfile(i, io.BytesIO(content))\n"
    "def link(name, target, kind):\n"
    "    i = tarfile.TarInfo(name); i.type = kind; i.linkname = target; t.addfile(i)\n";

Table with_path(const fs::path& path) { return {{"path", Value(path.string())}}; }

struct ArchiveWorkshop : Workshop {
  fs::path shelf = folder.path() / "shelf";
  ArchiveWorkshop() { fs::create_directories(shelf); }

  void fill_music() {
    for (int i = 0; i < 12; ++i)
      add((i % 3 ? "deep/er/" : "") + std::to_string(i) + (i % 2 ? ".mid" : ".MIDI"), "good " + std::to_string(i));
    add("with space %/\xC3\xA9.mid", "good accents");
    add("bad\xFF name.mid", "fail");
    write(music / "tunes.abc", "X:1\n" + std::string(60, 'c') + "\nX:2\n" + std::string(60, 'd') + "\n");
    write(music / "notes.txt", "no music");
  }
  std::string pack_music(const std::string& name) {
    const std::string how = name.ends_with(".zip")
                                ? "shutil.make_archive('shelf/archive', 'zip', 'music')\nos.rename('shelf/archive.zip', "
                                : std::string("t = tarfile.open('shelf/archive', 'w:") +
                                      (name.ends_with("xz")   ? "xz"
                                       : name.ends_with("gz") ? "gz"
                                                              : "") +
                                      "')\nt.add('music', '.')\nt.close()\nos.rename('shelf/archive', ";
    python(folder.path(), how + "'shelf/" + name + "')");
    return (shelf / name).string();
  }
  std::string path_error(const fs::path& path) {
    return error_of([&] { read_all(*dataset("music", with_path(path))); });
  }
  /// When each unpacked archive was last written.
  std::vector<std::int64_t> unpacked() const {
    std::vector<std::int64_t> times;
    for (const auto& entry : fs::directory_iterator(cache))
      if (entry.path().filename().string().starts_with("archive-"))
        times.push_back(entry.last_write_time().time_since_epoch().count());
    return times;
  }
};

}  // namespace

TEST_CASE("An archive gives the documents, the outcomes and the fingerprint of the folder that it was made from") {
  ArchiveWorkshop workshop;
  workshop.fill_music();
  const std::string name = GENERATE("a.tar", "a.tar.gz", "a.TGZ", "a.tar.xz", "a.txz", "a.zip");
  if (name == "a.zip") fs::remove(workshop.music / "bad\xFF name.mid");  // Python's zip files have no such names
  const fs::path archive = workshop.pack_music(name);
  const auto folder = workshop.dataset("music"), unpacked = workshop.dataset("music", with_path(archive));
  REQUIRE(unpacked->fingerprint() == folder->fingerprint());
  const auto expected = read_all(*folder), reading = read_all(*unpacked);
  REQUIRE(reading.ids.size() == 15);
  REQUIRE(reading == expected);
  REQUIRE(reasons(reading) == reasons(expected));
}

TEST_CASE("An archive is unpacked once, also where another lies there with the same content") {
  ArchiveWorkshop workshop;
  workshop.fill_music();
  const fs::path archive = workshop.pack_music("a.tar.gz");
  const auto reading = read_all(*workshop.dataset("music", with_path(archive)));
  REQUIRE(workshop.unpacked().size() == 1);
  const auto times = workshop.unpacked();
  fs::copy(archive, workshop.shelf / "b.tar.gz");
  REQUIRE(read_all(*workshop.dataset("music", with_path(workshop.shelf / "b.tar.gz"))) == reading);
  REQUIRE(workshop.unpacked() == times);
}

TEST_CASE("Among several sources an archive is called as the folder that it unpacks to, and nothing else may be") {
  ArchiveWorkshop workshop;
  workshop.add("1.mid", "good");
  const fs::path archive = workshop.pack_music("songs.tar.gz");
  fs::rename(workshop.music, workshop.shelf / "more");
  const auto both = [&](const fs::path& other) {
    return read_all(*workshop.dataset("music", {{"path", Value(Array{Value(archive.string()), Value(other.string())})}}));
  };
  REQUIRE(both(workshop.shelf / "more").ids == std::vector<std::string>{"songs/1.mid", "more/1.mid"});
  fs::rename(workshop.shelf / "more", workshop.shelf / "songs");
  REQUIRE_THAT(error_of([&] { both(workshop.shelf / "songs"); }), Catch::Contains("two sources would both be called ") &&
                                                                      Catch::Contains("songs/1.mid: ") &&
                                                                      Catch::Contains(" and "));
}

TEST_CASE("Names that lead out of an archive write nothing anywhere, and are told") {
  ArchiveWorkshop workshop;
  python(workshop.folder.path(), "t = tarfile.open('shelf/evil.tar', 'w')\n" + tar_words +
                                     "file('/absolute.mid', b'good absolute')\n"
                                     "file('a/./b//c.mid', b'good middle')\n"
                                     "file('../above.mid', b'good above')\n"
                                     "file('a/../../above2.mid', b'good above')\n"
                                     "file('..', b'good above')\n"
                                     "file('twice.mid', b'fail')\n"
                                     "file('twice.mid', b'good second')\n"
                                     "t.close()\n");
  const auto reading = read_all(*workshop.dataset("midi_files", with_path(workshop.shelf / "evil.tar")));
  REQUIRE(reading.ids == std::vector<std::string>{"a/b/c.mid", "absolute.mid", "twice.mid"});
  REQUIRE_THAT(reading.texts[2], Catch::Contains("|second"));
  REQUIRE_THAT(workshop.warnings.at(0), Catch::Contains("3 entries of ") && Catch::Contains("lead out of the archive"));
  for (const auto& entry : fs::recursive_directory_iterator(workshop.folder.path())) {
    REQUIRE(entry.path().filename().string().find("above") == std::string::npos);
    REQUIRE(entry.path().extension() != ".mid");
  }
}

TEST_CASE("Links in an archive are files where they end at a file inside it, and nothing elsewhere") {
  ArchiveWorkshop workshop;
  workshop.add("secret.mid", "good secret");
  python(workshop.folder.path(), "t = tarfile.open('shelf/links.tar', 'w')\n" + tar_words +
                                     "file('dir/real.mid', b'good real')\n"
                                     "link('hard.mid', 'dir/real.mid', tarfile.LNKTYPE)\n"
                                     "link('soft.mid', './dir/../dir/real.mid', tarfile.SYMTYPE)\n"
                                     "link('dir/chain.mid', '../soft.mid', tarfile.SYMTYPE)\n"
                                     "link('x1.mid', '" +
                                     (workshop.music / "secret.mid").string() +
                                     "', tarfile.SYMTYPE)\n"
                                     "link('x2.mid', '../music/secret.mid', tarfile.SYMTYPE)\n"
                                     "link('x3.mid', '/etc/passwd', tarfile.LNKTYPE)\n"
                                     "link('x4.mid', 'x5.mid', tarfile.SYMTYPE)\n"
                                     "link('x5.mid', 'x4.mid', tarfile.SYMTYPE)\n"
                                     "link('pipe.mid', '', tarfile.FIFOTYPE)\n"
                                     "link('folder.mid', '', tarfile.DIRTYPE)\n"
                                     "t.close()\n");
  const auto reading = read_all(*workshop.dataset("midi_files", with_path(workshop.shelf / "links.tar")));
  REQUIRE(reading.ids == std::vector<std::string>{"dir/chain.mid", "dir/real.mid", "hard.mid", "soft.mid"});
  for (const auto& text : reading.texts) REQUIRE_THAT(text, Catch::Contains("|real"));
}

TEST_CASE("An archive that is cut short, damaged, encrypted or none at all is told, and leaves nothing") {
  ArchiveWorkshop workshop;
  for (int i = 0; i < 40; ++i)
    workshop.add(std::to_string(i) + ".mid", "good " + std::string(3000, 'a' + i % 26) + std::to_string(i * 7919));
  const std::string name = GENERATE("a.tar", "a.tar.gz", "a.tar.xz", "a.zip");
  const fs::path archive = workshop.pack_music(name);
  SECTION("cut short") {
    fs::resize_file(archive, fs::file_size(archive) * 2 / 3 + 7);
    REQUIRE_THAT(workshop.path_error(archive),
                 Catch::Contains("the archive " + archive.string()) && Catch::Contains("get it again"));
  }
  SECTION("damaged") {
    // Long enough for a plain .tar too, which has checksums for its names alone.
    std::string bytes = read(archive);
    for (std::size_t i = bytes.size() / 3; i < bytes.size() / 3 + std::min<std::size_t>(bytes.size() / 3, 5000); ++i)
      bytes[i] ^= 0x55;
    write(archive, bytes);
    REQUIRE_THAT(workshop.path_error(archive), Catch::Contains("the archive " + archive.string()));
  }
  SECTION("none at all") {
    write(archive, std::string(5000, 'x'));
    REQUIRE_THAT(workshop.path_error(archive), Catch::Contains("the archive " + archive.string()));
  }
  SECTION("empty") {
    write(archive, "");
    REQUIRE_THAT(workshop.path_error(archive), Catch::Contains(archive.string()));
  }
  if (fs::file_size(archive) > 0) REQUIRE(workshop.unpacked().empty());
  for (const auto& entry : fs::directory_iterator(workshop.cache))
    REQUIRE(!entry.path().filename().string().starts_with("work."));
}

TEST_CASE("An encrypted archive is told as that") {
  ArchiveWorkshop workshop;
  python(workshop.folder.path(),
         "z = zipfile.ZipFile('shelf/a.zip', 'w')\n"
         "z.writestr('song.mid', b'good but nobody can know')\n"
         "z.close()\n"
         "b = bytearray(open('shelf/a.zip', 'rb').read())\n"
         "b[6] |= 1\n"                             // the local header's flags
         "b[b.index(b'PK\\x01\\x02') + 8] |= 1\n"  // the directory's
         "open('shelf/a.zip', 'wb').write(b)\n");
  REQUIRE_THAT(workshop.path_error(workshop.shelf / "a.zip"),
               Catch::Contains("a.zip is encrypted: song.mid") && Catch::Contains("unpack it with its password"));
}

TEST_CASE("An archive that holds far more than its size is given up") {
  ArchiveWorkshop workshop;
  const std::string entry = GENERATE("bomb.mid", "not/music.bin");
  python(workshop.folder.path(),
         "import gzip\n"
         "i = tarfile.TarInfo('" +
             entry +
             "'); i.size = 400 << 20\n"
             "zeros = gzip.compress(bytes(8 << 20))\n"
             "open('shelf/bomb.tar.gz', 'wb').write(gzip.compress(i.tobuf()) + 50 * zeros + gzip.compress(bytes(10240)))\n");
  REQUIRE(fs::file_size(workshop.shelf / "bomb.tar.gz") < 1'000'000);
  REQUIRE_THAT(workshop.path_error(workshop.shelf / "bomb.tar.gz"), Catch::Contains("holds far more than its "));
  REQUIRE(workshop.unpacked().empty());
}

TEST_CASE("What was changed, lost or added among unpacked files is unpacked again") {
  ArchiveWorkshop workshop;
  workshop.fill_music();
  const fs::path archive = workshop.pack_music("a.tar.gz");
  const auto fingerprint = workshop.dataset("music", with_path(archive))->fingerprint();
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(workshop.cache))
    if (entry.is_regular_file() && entry.path().string().find("archive-") != std::string::npos) files.push_back(entry.path());
  REQUIRE(files.size() == 16);  // and the index
  for (const auto& file : files) {
    const std::string before = read(file);
    const auto time = fs::last_write_time(file);
    let_clock_tick(file);
    write(file, std::string(before.size(), 'x'));
    fs::last_write_time(file, time);
    REQUIRE(workshop.dataset("music", with_path(archive))->fingerprint() == fingerprint);
    REQUIRE((file.filename() == "index" || read(file) == before));
  }
  fs::remove(files[3]);
  REQUIRE(read_all(*workshop.dataset("music", with_path(archive))).ids.size() == 15);
}

TEST_CASE("Killed while an archive is unpacked, nothing half is left, and the next time it is whole") {
  ArchiveWorkshop workshop;
  python(workshop.folder.path(), "t = tarfile.open('shelf/many.tar', 'w')\n" + tar_words +
                                     "for i in range(8000): file('%d.mid' % i, b'fail %d' % (i % 3))\n"
                                     "t.close()\n");
  const auto path = with_path(workshop.shelf / "many.tar");
  REQUIRE(testing::in_child([&] {
            std::thread([] {
              std::this_thread::sleep_for(std::chrono::milliseconds(100));
              kill(getpid(), SIGKILL);
            }).detach();
            workshop.dataset("midi_files", path)->fingerprint();
            for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
            return 0;
          }) == -SIGKILL);
  const auto reading = read_all(*workshop.dataset("midi_files", path));
  REQUIRE(reading.counts == std::map<std::string, std::int64_t>{{"failed", 8000}});
  REQUIRE(workshop.calls() == 3);
  REQUIRE(workshop.unpacked().size() == 1);
  for (const auto& entry : fs::directory_iterator(workshop.cache))
    REQUIRE(!entry.path().filename().string().starts_with("work."));
}

TEST_CASE("Two processes at once unpack the same archive") {
  ArchiveWorkshop workshop;
  python(workshop.folder.path(), "t = tarfile.open('shelf/many.tgz', 'w:gz')\n" + tar_words +
                                     "for i in range(1000): file('%d.mid' % i, b'fail %d' % (i % 3))\n"
                                     "t.close()\n");
  const auto path = with_path(workshop.shelf / "many.tgz");
  const fs::path theirs = workshop.folder.path() / "theirs";
  const pid_t other = fork();
  if (other == 0) {
    std::string fingerprint;
    const std::string error = error_of([&] { fingerprint = workshop.dataset("midi_files", path)->fingerprint(); });
    write(theirs, error + fingerprint);
    _exit(0);
  }
  const auto fingerprint = workshop.dataset("midi_files", path)->fingerprint();
  int status = -1;
  waitpid(other, &status, 0);
  REQUIRE(status == 0);
  REQUIRE(read(theirs) == fingerprint);
  REQUIRE(workshop.dataset("midi_files", path)->fingerprint() == fingerprint);
  REQUIRE(workshop.unpacked().size() == 1);
}

TEST_CASE("A disk that is too small for what an archive holds is told") {
  ArchiveWorkshop workshop;
  python(workshop.folder.path(), "t = tarfile.open('shelf/large.tgz', 'w:gz')\n" + tar_words +
                                     "for i in range(20): file('%d.mid' % i, os.urandom(100000))\n"
                                     "t.close()\n");
  const fs::path message = workshop.folder.path() / "message";
  constexpr int no_mount = 3;
  const int code = testing::in_child([&] {
    if (!testing::mount_small_disk(workshop.cache, "1m")) return no_mount;
    write(message, workshop.path_error(workshop.shelf / "large.tgz"));
    return workshop.unpacked().empty() ? 0 : 1;
  });
  if (code == no_mount) {
    WARN("skipped: this system lets no process mount a disk of its own");
    return;
  }
  REQUIRE(code == 0);
  REQUIRE_THAT(read(message), Catch::Contains("cannot unpack ") && Catch::Contains("No space left on device"));
}
