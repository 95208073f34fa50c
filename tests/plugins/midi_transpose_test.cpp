// transpose_semitones of midi_files: the stand-in converter writes its input in hexadecimal, so that every byte shows.
#include <torch/torch.h>

#include <atomic>
#include <catch.hpp>
#include <etude/testing.hpp>
#include <plugins/midi_bytes.hpp>
#include <plugins/midi_workshop.hpp>
#include <thread>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

std::string hexadecimal(const std::string& bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(bytes[i]));
    out += i == 0 ? "" : i % 16 ? " " : "\n";
    out += digits;
  }
  return out;
}

/// A file with much that a reader can stumble over, its notes moved by `s` and its key signatures set to `key`.
std::string difficult(int s, int key, int format = 1, int division = 480) {
  const std::string wandering = midi_meta(0x03, {0x90, 0x3C, 0x40}) +                        // a name that looks like a note
                                midi_meta(0x59, {key & 0xFF, 0}) +                           // a key signature
                                midi_event(0, {0xF0, 0x05, 0x43, 0x12, 0x3C, 0x40, 0xF7}) +  // system exclusive
                                midi_event(0, {0xC0, 60}) +                                  // a program
                                midi_event(0, {0xB0, 60, 60}) +                              // a controller
                                midi_event(0, {0x90, 60 + s, 80}) +                          //
                                midi_event(200, {64 + s, 81}) +                              // running status
                                midi_event(0, {67 + s, 82}) +                                //
                                midi_event(30000, {60 + s, 0}) +                             // velocity 0 ends it
                                midi_meta(0x01, {0x80, 0x3C}) +                              // a text, which leaves the status be
                                midi_event(5, {64 + s, 0}) +                                 //
                                midi_event(1, {0x80, 67 + s, 64}) +                          //
                                midi_event(1, {0x91, 50 + s, 64}) +                          //
                                midi_event(1, {0xA1, 50 + s, 99}) +                          // polyphonic pressure
                                midi_event(1, {0xD1, 50}) +                                  // channel pressure
                                midi_event(0, {0xE1, 50, 50}) +                              // pitch bend
                                midi_event(9, {0xF7, 0x03, 0x90, 0x3C, 0x40}) +              // an escape
                                midi_event(1, {0x81, 50 + s, 0});
  const std::string drums = midi_event(0, {0x99, 38, 100}) + midi_event(10, {38, 0}) + midi_event(0, {0xA9, 38, 1}) +
                            midi_event(0, {0x89, 40, 0}) + midi_notes({72 + s, 74 + s}, 15);
  return midi_file({wandering, drums}, format, division);
}

std::shared_ptr<Dataset> read_dataset(Workshop& workshop, const std::string& id = "midi_files", Table options = {}) {
  auto dataset = workshop.dataset(id, std::move(options));
  read_all(*dataset);
  return dataset;
}

std::string moved(Workshop& workshop, const std::string& midi, int semitones) {
  write(workshop.music / "one.mid", midi);
  const auto variant = read_dataset(workshop)->variant("one.mid", semitones);
  return variant ? variant->text : "";
}

}  // namespace

TEST_CASE("transpose: notes of pitched channels and key signatures move, every other byte stays") {
  Workshop workshop;
  REQUIRE(moved(workshop, difficult(0, 0), 0) == hexadecimal(difficult(0, 0)));
  REQUIRE(moved(workshop, difficult(0, 0), 3) == hexadecimal(difficult(3, -3)));     // C to E flat
  REQUIRE(moved(workshop, difficult(0, 0), 6) == hexadecimal(difficult(6, 6)));      // to F sharp
  REQUIRE(moved(workshop, difficult(0, 2), -5) == hexadecimal(difficult(-5, 3)));    // D to A
  REQUIRE(moved(workshop, difficult(0, -7), 12) == hexadecimal(difficult(12, -7)));  // C flat stays
  REQUIRE(moved(workshop, difficult(0, -4), -1) == hexadecimal(difficult(-1, 1)));   // A flat to G
}

TEST_CASE("transpose: formats 0, 1 and 2 and SMPTE divisions are all the same to it") {
  Workshop workshop;
  const int format = GENERATE(0, 1, 2);
  const int division = GENERATE(96, 0xE728);
  REQUIRE(moved(workshop, difficult(0, 0, format, division), 2) == hexadecimal(difficult(2, 2, format, division)));
}

TEST_CASE("transpose: a longer header, a chunk of another kind and a track cut short are followed") {
  Workshop workshop;
  const auto file = [](int s) {
    const std::string header = midi_chunk("MThd", big_endian(1, 2) + big_endian(2, 2) + big_endian(480, 2) + "more");
    const std::string track = midi_notes({60 + s, 61 + s}) + midi_event(0, {0x90, 62 + s, 1}) + midi_event(0, {63 + s, 1});
    return header + midi_chunk("XFIH", "notes?") + midi_chunk("MTrk", midi_notes({70 + s})) + "MTrk" + big_endian(1000, 4) +
           track;
  };
  REQUIRE(moved(workshop, file(0), 4) == hexadecimal(file(4)));
  // Cut anywhere in the last two events: notes that have a velocity move, a lonely number is none.
  const std::string whole = file(0), other = file(4);
  REQUIRE(moved(workshop, whole.substr(0, whole.size() - 1), 4) ==
          hexadecimal(other.substr(0, other.size() - 2) + whole.substr(whole.size() - 2, 1)));
  REQUIRE(moved(workshop, whole.substr(0, whole.size() - 2), 4) == hexadecimal(other.substr(0, other.size() - 2)));
}

TEST_CASE("transpose: a note that would leave 0..127 refuses the whole variant, and the drums refuse nothing") {
  Workshop workshop;
  const auto midi = [](int low, int high) {
    return midi_file({midi_notes({low, 60, 60, 60, 60, high}) + midi_notes({0, 127}, 9)});
  };
  const std::string highest = midi_file({midi_notes({11, 66, 66, 66, 66, 127}) + midi_notes({0, 127}, 9)});
  REQUIRE(moved(workshop, midi(5, 121), 6) == hexadecimal(highest));
  REQUIRE(moved(workshop, midi(5, 121), -5) != "");
  const auto dataset = read_dataset(workshop);
  REQUIRE_FALSE(dataset->variant("one.mid", 7));
  REQUIRE_FALSE(dataset->variant("one.mid", -6));
  REQUIRE_FALSE(dataset->variant("one.mid", 7));
  REQUIRE(dataset->outcome_counts().at("not transposed") == 2);
  const auto outcomes = dataset->outcomes();
  REQUIRE(outcomes.size() == 3);
  REQUIRE(outcomes[1].id == "one.mid+7");
  REQUIRE(outcomes[1].reason == "note 121 would become 128");
  REQUIRE(outcomes[2].id == "one.mid-6");
  REQUIRE(outcomes[2].reason == "note 5 would become -1");
}

TEST_CASE("transpose: what is no MIDI, has drums only or goes astray gives no variant") {
  Workshop workshop;
  const std::string padding(80, 'x');
  write(workshop.music / "drums.mid", midi_file({midi_notes({36, 38, 36, 38, 40, 42, 36, 38, 40, 42}, 9)}));
  write(workshop.music / "header.mid", "MThd\x01" + padding);
  write(workshop.music / "running.mid", midi_file({midi_event(0, {0x3C, 0x40}) + midi_notes({60, 62, 64, 65, 67, 69})}));
  write(workshop.music / "clock.mid", midi_file({midi_notes({60, 62, 64, 65, 67, 69}) + midi_event(0, {0xF8})}));
  const auto dataset = read_dataset(workshop);
  std::map<std::string, std::string> why;
  for (const char* name : {"drums.mid", "header.mid", "running.mid", "clock.mid"}) REQUIRE_FALSE(dataset->variant(name, 1));
  for (const auto& outcome : dataset->outcomes())
    if (outcome.result == "not transposed") why[outcome.id] = outcome.reason;
  REQUIRE(why == std::map<std::string, std::string>{{"clock.mid+1", "a byte 248 where an event should begin"},
                                                    {"drums.mid+1", "no note of a pitched channel"},
                                                    {"header.mid+1", "no header of a MIDI file"},
                                                    {"running.mid+1", "a running status before any status"}});
}

TEST_CASE("transpose: any number of threads ask at once, each content is converted once, later passes not at all") {
  Workshop workshop;
  for (int i = 0; i < 12; ++i)
    write(workshop.music / (std::to_string(i % 6) + (i < 6 ? "a" : "b") + ".mid"), difficult(i % 6, 0));
  const auto dataset = read_dataset(workshop);
  const auto originals = workshop.calls();
  const auto ask = [&](Dataset& asked) {
    std::vector<std::string> texts(12 * 8);
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        for (std::size_t task = next++; task < texts.size(); task = next++) {
          const auto number = task / 8;
          const auto variant =
              asked.variant(std::to_string(number % 6) + (number < 6 ? "a" : "b") + ".mid", static_cast<int>(task % 8) + 1);
          if (variant) texts[task] = variant->id + "\n" + variant->text;
        }
      });
    for (auto& thread : threads) thread.join();
    return texts;
  };
  const auto texts = ask(*dataset);
  REQUIRE(texts[0].substr(0, 9) == "0a.mid+1\n");
  REQUIRE(texts[8 * 11 + 7] == "5b.mid+8\n" + hexadecimal(difficult(13, -4)));
  const auto variants = workshop.calls() - originals;
  REQUIRE(variants <= 6 * 8);
  REQUIRE(variants >= 8);
  // The next program finds them, whether or not it has read the documents.
  REQUIRE(ask(*workshop.dataset("midi_files")) == texts);
  REQUIRE(workshop.calls() - originals == variants);
}

TEST_CASE("transpose: the option lists the variants, without repetitions and without the file itself") {
  Workshop workshop;
  workshop.add("one.mid", "good");
  const auto semitones = [&](Array list) {
    return workshop.dataset("midi_files", {{"transpose_semitones", Value(std::move(list))}})->transpositions();
  };
  REQUIRE(semitones({}).empty());
  REQUIRE(semitones({Value(-5), Value(0), Value(3), Value(-5), Value(48)}) == std::vector<int>{-5, 3, 48});
  REQUIRE_THAT(error_of([&] { semitones({Value(49)}); }), Catch::Contains("between -48 and 48"));
  // What variants there are is no matter of the documents.
  const auto plain = workshop.dataset("midi_files")->fingerprint();
  REQUIRE(workshop.dataset("midi_files", {{"transpose_semitones", Value(Array{Value(2)})}})->fingerprint() == plain);
}

TEST_CASE("transpose: of music, the MIDI files alone have variants") {
  Workshop workshop;
  write(workshop.music / "a.mid", difficult(0, 0));
  write(workshop.music / "b.abc", "X:1\n" + std::string(60, 'c') + "\n");
  const auto dataset = read_dataset(workshop, "music", {{"transpose_semitones", Value(Array{Value(1)})}});
  REQUIRE(dataset->transpositions() == std::vector<int>{1});
  REQUIRE(dataset->variant("a.mid", 1)->text == hexadecimal(difficult(1, -5)));
  REQUIRE_FALSE(dataset->variant("b.abc#1", 1));
  REQUIRE_FALSE(dataset->variant("no such file", 1));
  REQUIRE(dataset->outcome_counts().count("not transposed") == 0);
}

TEST_CASE("transpose: a variant that the converter drops is none, and says why") {
  Workshop workshop;
  write(workshop.music / "few.mid", midi_file({midi_notes({60})}));
  const auto dataset = read_dataset(workshop);
  REQUIRE_FALSE(dataset->variant("few.mid", 1));
  REQUIRE_THAT(dataset->outcomes().back().reason, Catch::StartsWith("tiny: ") && Catch::EndsWith(" bytes of ABC"));
}

TEST_CASE("midi2abc itself: a tune in C, three semitones up, is that tune in E flat") {
  if (std::system("command -v midi2abc > /dev/null 2>&1") != 0) {
    WARN("skipped: midi2abc is not installed");
    return;
  }
  Workshop workshop;
  const std::string scale = midi_notes({60, 62, 64, 65, 67, 69, 71, 72});
  write(workshop.music / "one.mid", midi_file({midi_meta(0x59, {0, 0}) + scale + scale + scale + scale}));
  const auto dataset = read_dataset(workshop, "midi_files", {{"midi2abc", Value("")}});
  const auto variant = dataset->variant("one.mid", 3);
  REQUIRE(variant);
  REQUIRE(variant->id == "one.mid+3");
  REQUIRE_THAT(variant->text, Catch::Contains("K:Eb % 3 flats\n") && Catch::Contains("E2 F2 G2 A2| \\\nB2 c2 d2 e2|"));
}

TEST_CASE("The datasets with MIDI files keep their promises, with variants and without") {
  Workshop workshop;
  for (int i = 0; i < 3; ++i) {
    const std::string tune = midi_notes({60, 62 + i, 64, 65, 67, 69, 71, 72});
    write(workshop.music / (std::to_string(i) + ".mid"), midi_file({tune + tune + tune}));
  }
  write(workshop.music / "high.mid", midi_file({midi_notes({60, 127, 60, 127, 60, 127, 60, 127})}));
  workshop.add("none.mid", "fail");
  const auto id = GENERATE("midi_files", "music");
  const bool transposed = GENERATE(false, true);
  const auto semitones = transposed ? Array{Value(-5), Value(0), Value(3)} : Array{};
  const auto make = [&] { return workshop.dataset(id, {{"transpose_semitones", Value(semitones)}}); };
  CHECK(testing::check_dataset(make) == testing::BrokenPromises{});
}
