// The program's small first part: it loads the rest, libetude_program.so, so that a missing LibTorch is a message with a remedy
// instead of the dynamic loader's last word.
#include <dlfcn.h>

#include <filesystem>
#include <iostream>

int main(int argc, char** argv) {
  const auto prefix = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
  // Global, as if the program itself were linked to it: plugins and LibTorch share its copies of inline functions and type
  // information.
  void* program = dlopen((prefix / "lib" / "libetude_program.so").c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!program) {
    std::cerr << "error: etude cannot start: " << dlerror() << "\n       ";
    if (!std::filesystem::exists(ETUDE_LIBTORCH_LIBRARY_DIRECTORY "/libtorch_cpu.so")) {
      std::cerr << "it was built with LibTorch " ETUDE_LIBTORCH_VERSION " in " ETUDE_LIBTORCH_LIBRARY_DIRECTORY
                   ", which is gone:\n"
                << "       put that back, set LD_LIBRARY_PATH to the lib folder of the same version, or build Etude again\n";
    } else {
      std::cerr << "install the library that is missing, or build Etude again\n";
    }
    return 1;
  }
  const auto run = reinterpret_cast<int (*)(int, char**)>(dlsym(program, "etude_program_main"));
  if (!run) {
    std::cerr << "error: etude cannot start: " << dlerror()
              << "\n       install Etude again: its program and libraries do not belong together\n";
    return 1;
  }
  return run(argc, argv);
}
