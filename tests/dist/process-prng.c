/* What Rust's library takes randomness from, which Debian's wine has not: a bcryptprimitives.dll for tests alone. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PUCHAR data, SIZE_T length)
{
    return RtlGenRandom(data, (ULONG)length);
}
