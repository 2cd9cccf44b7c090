// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static io.pghoard.codec.Samples.BLOCK;
import static io.pghoard.codec.Samples.compressible;
import static io.pghoard.codec.Samples.decode;
import static io.pghoard.codec.Samples.encode;
import static io.pghoard.codec.Samples.join;
import static io.pghoard.codec.Samples.lzma;
import static io.pghoard.codec.Samples.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;

final class LzmaTest {
  private static final int MIB = 1 << 20;
  private static final String PYTHON_FIRST_STREAM =
      """
      import lzma, sys
      decompressor = lzma.LZMADecompressor()
      data = decompressor.decompress(open(sys.argv[1], "rb").read())
      assert decompressor.eof and not decompressor.unused_data
      sys.stdout.buffer.write(data)
      """;
  private static final String PYTHON_COMPRESS =
      """
      import lzma, sys
      compressor = lzma.LZMACompressor(preset=0)
      data = open(sys.argv[1], "rb").read()
      sys.stdout.buffer.write(compressor.compress(data) + compressor.flush())
      """;

  private final Lzma lzma = lzma(2);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 77})
  void xzAndPython_readOurStream(int size, @TempDir Path directory) throws Exception {
    byte[] plain = join(compressible(size - size / 3), random(size / 3));
    String file = Files.write(directory.resolve("ours.xz"), encode(lzma, plain)).toString();

    Tool.output(directory, "xz", "-t", file);
    assertThat(Tool.output(directory, "xz", "-dc", "-T2", file)).isEqualTo(plain);
    assertThat(Tool.output(directory, "python3", "-c", PYTHON_FIRST_STREAM, file)).isEqualTo(plain);
  }

  @Test
  void xz_listsOneStreamOfBlocksWithSizes(@TempDir Path directory) throws Exception {
    byte[] stored = encode(new Lzma(0, 2), compressible(2 * MIB + 1));
    String file = Files.write(directory.resolve("ours.xz"), stored).toString();

    String list = new String(Tool.output(directory, "xz", "--robot", "--list", "-vv", file), UTF_8);

    // file: streams, blocks; block: ..., header size, which sizes it tells (c and u), ...
    assertThat(list.lines().filter(line -> line.startsWith("file")).toList())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("file\t1\t3\t" + stored.length));
    assertThat(list.lines().filter(line -> line.startsWith("block")).toList())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).contains("CRC64", "\tcu\t", "lzma2=dict=256KiB"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void xzAndPythonStreams_areRead(int threads, @TempDir Path directory) throws Exception {
    byte[] plain = join(compressible(4 * BLOCK), random(2 * BLOCK));
    String file = Files.write(directory.resolve("plain"), plain).toString();
    Lzma reader = lzma(threads);
    byte[] ours = encode(lzma, plain);

    for (String[] command :
        new String[][] {
          {"xz", "-0", "-T1", "-c", file},
          {"xz", "-0", "-T2", "--block-size=64KiB", "-c", file},
          {"xz", "-2", "-T2", "--block-size=16MiB", "-c", file},
          {"xz", "-0", "-T2", "--check=sha256", "-c", file},
          {"xz", "-0", "-T2", "--check=none", "-c", file},
          {"xz", "--delta", "--lzma2=preset=1", "-c", file},
          {"python3", "-c", PYTHON_COMPRESS, file}
        }) {
      byte[] stored = Tool.output(directory, command);
      assertThat(decode(reader, stored)).as("%s", Arrays.asList(command)).isEqualTo(plain);
      byte[] twice = join(stored, new byte[8], ours, new byte[4]);
      assertThat(decode(reader, twice)).isEqualTo(join(plain, plain));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void paddingNotInFours_isRefused(int threads) throws Exception {
    byte[] stored = join(encode(lzma, compressible(300)), new byte[3]);
    assertThatIOException().isThrownBy(() -> decode(lzma(threads), stored));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void everyLevel_isReadByXzForJavaAndUs(int level) throws Exception {
    Lzma compression = new Lzma(level, 2);
    byte[] plain = compressible(level == 0 ? MIB + 1 : BLOCK);
    byte[] stored = encode(compression, plain);
    assertThat(decode(compression, stored)).isEqualTo(plain);
    assertThat(decode(new Lzma(0, 1), stored)).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void indexOfAnotherStream_isRefused(int threads) throws Exception {
    byte[] stored = encode(lzma, random(BLOCK));
    byte[] other = encode(lzma, random(BLOCK - 4));
    int end = 4 + 8 + XzFormat.FOOTER_SIZE;
    System.arraycopy(other, other.length - end, stored, stored.length - end, end);
    assertThatIOException()
        .isThrownBy(() -> decode(lzma(threads), stored))
        .withMessageContaining("damaged");
  }

  @Test
  void slowSink_holdsTheWriterBack() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    AtomicLong written = new AtomicLong();
    OutputStream slow = new SlowSink(open);
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream encoded = lzma.encode(slow)) {
                byte[] piece = random(BLOCK / 4);
                for (int i = 0; i < 256; i++) {
                  encoded.write(piece);
                  written.addAndGet(piece.length);
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    writer.start();
    try {
      await().until(() -> writer.getState() == Thread.State.WAITING);
      // 2 threads: at most 4 blocks of 64 KiB, one of them on its way into the sink.
      assertThat(written.get()).isLessThanOrEqualTo(4L * BLOCK).isGreaterThanOrEqualTo(3L * BLOCK);
    } finally {
      open.countDown();
      writer.join();
    }
    assertThat(written).hasValue(64L * BLOCK);
  }

  @Test
  void reader_readsAheadWithinItsBound() throws Exception {
    byte[] stored = encode(lzma, random(16 * BLOCK));
    ByteArrayInputStream source = new ByteArrayInputStream(stored);
    try (InputStream decoded = lzma.decode(source)) {
      assertThat(decoded.read()).isNotEqualTo(-1);
      assertThat(stored.length - source.available()).isLessThanOrEqualTo(5 * BLOCK);
    }
  }

  @Test
  void workersOfAbandonedStreams_endAndServeOthers() throws Exception {
    XzWorkers workers = new XzWorkers(2);
    XzBlockEncoder encoder = new XzBlockEncoder(new LZMA2Options(0), 4 * BLOCK);
    OutputStream failing = new FailingAfterHeader();
    try (OutputStream encoded = new XzOutputStream(failing, workers, encoder)) {
      assertThatIOException().isThrownBy(() -> encoded.write(compressible(60 * BLOCK)));
      assertThat(workers.pool().getQueue()).isEmpty();
      await().until(() -> workers.pool().getActiveCount() == 0);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("not whole");
    }
    await().until(() -> workers.pool().getPoolSize() == 0);
  }

  @Test
  void interruptedWriter_givesUp() throws Exception {
    Thread.currentThread().interrupt();
    try (OutputStream encoded = lzma.encode(OutputStream.nullOutputStream())) {
      assertThatIOException()
          .isThrownBy(() -> encoded.write(random(16 * BLOCK)))
          .withMessageContaining("interrupted");
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("not whole");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static final class SlowSink extends OutputStream {
    private final CountDownLatch open;
    private boolean headerWritten;

    SlowSink(CountDownLatch open) {
      this.open = open;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[1], 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (headerWritten) {
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      headerWritten = true;
    }
  }

  private static final class FailingAfterHeader extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("no space left");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > XzFormat.HEADER_SIZE) {
        throw new IOException("no space left");
      }
    }
  }
}
