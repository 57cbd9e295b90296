package dev.ferrule.testkit;

import java.nio.file.Path;

/**
 * Where {@link Issued#write} put its PEM files.
 *
 * @param certificate the chain, the leaf first
 * @param key the unencrypted PKCS#8 key
 */
public record WrittenFiles(Path certificate, Path key) {}
