# What every target of doze has in common: warnings, sanitizers, and the folder = target rule.

# What makes a fault hard to use: checked lengths and indices, guarded stacks, an address that nobody foresees, tables of
# functions that nothing writes to, jumps and returns to where they belong. Also of what others wrote and is compiled here.
# (The sanitizers see all of it, and more.)
function(doze_harden target scope)
    if(DOZE_SANITIZE)
        return()
    endif()
    target_compile_options(${target} ${scope} -fPIE -fstack-protector-strong -fstack-clash-protection)
    target_compile_definitions(${target} ${scope} _GLIBCXX_ASSERTIONS)
    # Without optimization the headers of glibc warn of it; some compilers define it by themselves.
    target_compile_options(${target} ${scope} $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>
        $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
    target_link_options(${target} ${scope} -pie -Wl,-z,relro,-z,now,-z,noexecstack)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        target_compile_options(${target} ${scope} -fcf-protection=full)
        # The start files of some distributions carry no mark, which would cost the whole program its own.
        target_link_options(${target} ${scope} -Wl,-z,ibt,-z,shstk)
    elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
        target_compile_options(${target} ${scope} -mbranch-protection=standard)
    endif()
endfunction()

add_library(doze_flags INTERFACE)
target_compile_options(doze_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
target_include_directories(doze_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
# GCC 12 takes inlined copies of std::string for overlapping ones (GCC bug 105329), and coroutine frames for
# memory freed the wrong way.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(doze_flags INTERFACE
        -Wno-restrict -Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-missing-field-initializers)
else()
    target_compile_options(doze_flags INTERFACE -Wno-missing-field-initializers)
endif()
doze_harden(doze_flags INTERFACE)
if(DOZE_UNITY)
    # Files that are compiled together hide each other's names, and their own types seem to come from headers. Two files'
    # own functions of one name and signature do not compile: one gets another name; tests have a namespace for each file.
    target_compile_options(doze_flags INTERFACE -Wno-shadow)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        target_compile_options(doze_flags INTERFACE -Wno-subobject-linkage)
    endif()
    if(NOT DOZE_UNITY STREQUAL "TESTS")
        set(CMAKE_UNITY_BUILD ON)
    endif()
    if(DOZE_LINT)
        # clang-tidy spends its time on what the headers hold: a target at once takes about a third of what it takes by sixes.
        set(CMAKE_UNITY_BUILD_BATCH_SIZE 0)
    else()
        set(CMAKE_UNITY_BUILD_BATCH_SIZE 6)
    endif()
endif()
if(DOZE_SANITIZE)
    target_compile_options(doze_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(doze_flags INTERFACE -fsanitize=address,undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        # A third of the build, for what AddressSanitizer sees as a crash or x86 does not mind. clang's builds have them.
        target_compile_options(doze_flags INTERFACE -fno-sanitize=null,alignment,vptr)
    else()
        # clang 14 can't put this check's data before a coroutine (LLVM issue 49689).
        target_compile_options(doze_flags INTERFACE -fno-sanitize=function)
    endif()
endif()

# doze_library(NAME LIBRARIES...): the static library doze_NAME of all .cpp files of the calling folder
# and the folders below it that are not libraries of their own.
function(doze_library name)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    if(NOT sources)
        return()
    endif()
    add_library(doze_${name} STATIC ${sources})
    target_link_libraries(doze_${name} PUBLIC doze_flags ${ARGN})
endfunction()

# doze_test(NAME LIBRARIES...): one test program of all .cpp files of the calling folder.
function(doze_test name)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    if(NOT sources)
        return()
    endif()
    add_executable(${name}_test ${sources})
    if(DOZE_UNITY)
        set_target_properties(${name}_test PROPERTIES UNITY_BUILD ON)
    endif()
    target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(${name}_test PRIVATE doze_flags GTest::gmock GTest::gtest_main ${ARGN})
    if(NOT TARGET unit_tests)
        add_custom_target(unit_tests)
    endif()
    add_dependencies(unit_tests ${name}_test)
    if(NOT DOZE_LINT)
        gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60)
    endif()
endfunction()
