// A rep's login: SSHSIG (PROTOCOL.sshsig of OpenSSH) with an Ed25519 key from a PEM file.
#include "load.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#define NAMESPACE "alongside-auth-v1"

static EVP_PKEY *key;
static uint8_t public_blob[51];

static size_t put(uint8_t *into, const void *data, size_t count)
{
    into[0] = (uint8_t)(count >> 24);
    into[1] = (uint8_t)(count >> 16);
    into[2] = (uint8_t)(count >> 8);
    into[3] = (uint8_t)count;
    memcpy(into + 4, data, count);
    return count + 4;
}

void sshsig_load(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file || !(key = PEM_read_PrivateKey(file, NULL, NULL, NULL)))
        die("%s: no key in PEM form", path);
    fclose(file);
    uint8_t raw[32];
    size_t count = sizeof raw;
    if (EVP_PKEY_get_raw_public_key(key, raw, &count) != 1 || count != 32)
        die("%s: no Ed25519 key", path);
    size_t at = put(public_blob, "ssh-ed25519", 11);
    put(public_blob + at, raw, 32);
}

void sshsig_print_signer(const char *principal)
{
    char text[128];
    EVP_EncodeBlock((uint8_t *)text, public_blob, sizeof public_blob);
    printf("%s ssh-ed25519 %s\n", principal, text);
}

void random_base64(char *into, size_t bytes)
{
    uint8_t random[64];
    RAND_bytes(random, (int)bytes);
    EVP_EncodeBlock((uint8_t *)into, random, (int)bytes);
}

void sshsig_sign(const char *message, size_t count, char *into, size_t size)
{
    uint8_t digest[SHA512_DIGEST_LENGTH], signed_bytes[256], value[64], blob[512];
    SHA512((const uint8_t *)message, count, digest);
    memcpy(signed_bytes, "SSHSIG", 6);
    size_t at = 6;
    at += put(signed_bytes + at, NAMESPACE, strlen(NAMESPACE));
    at += put(signed_bytes + at, "", 0);
    at += put(signed_bytes + at, "sha512", 6);
    at += put(signed_bytes + at, digest, sizeof digest);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t value_count = sizeof value;
    if (EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1
        || EVP_DigestSign(context, value, &value_count, signed_bytes, at) != 1)
        die("signing failed");
    EVP_MD_CTX_free(context);

    uint8_t inner[128];
    size_t inner_count = put(inner, "ssh-ed25519", 11);
    inner_count += put(inner + inner_count, value, value_count);
    memcpy(blob, "SSHSIG\0\0\0\1", 10);
    at = 10;
    at += put(blob + at, public_blob, sizeof public_blob);
    at += put(blob + at, NAMESPACE, strlen(NAMESPACE));
    at += put(blob + at, "", 0);
    at += put(blob + at, "sha512", 6);
    at += put(blob + at, inner, inner_count);

    char text[768];
    int text_count = EVP_EncodeBlock((uint8_t *)text, blob, (int)at);
    size_t used = (size_t)snprintf(into, size, "-----BEGIN SSH SIGNATURE-----");
    for (int from = 0; from < text_count; from += 70)
        used += (size_t)snprintf(into + used, size - used, "\\n%.70s", text + from);
    snprintf(into + used, size - used, "\\n-----END SSH SIGNATURE-----\\n");
}
