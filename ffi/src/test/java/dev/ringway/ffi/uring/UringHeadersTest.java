package dev.ringway.ffi.uring;

import dev.ringway.ffi.CHeaders;
import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.SystemHeadersTest;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Compares the numbers and layouts of ffi.uring with linux/io_uring.h, and entries as our code writes them with how C
 * reads them.
 */
@ExtendWith(FdLeakCheck.class)
final class UringHeadersTest
{
    private static final List<String> INCLUDES =
        List.of("linux/types.h", "linux/time_types.h", "linux/io_uring.h", "sys/syscall.h");

    /** Younger than the headers of Debian 12; tests of rings and ConnectRulesTest show that they work. */
    private static final Set<String> NOT_IN_OLD_HEADERS = Set.of(
        "IORING_SETUP_NO_SQARRAY", "IORING_FEAT_REG_REG_RING", "IORING_FEAT_RECVSEND_BUNDLE",
        "IORING_FEAT_MIN_TIMEOUT", "IORING_RECVSEND_BUNDLE", "IORING_OP_FIXED_FD_INSTALL", "IORING_CQE_F_BUF_MORE",
        "IOU_PBUF_RING_INC", "SOCKET_URING_OP_SETSOCKOPT", "IORING_ACCEPT_POLL_FIRST", "IORING_OP_BIND");

    private static final Map<String, String> SPECIAL = Map.ofEntries(
        entry("PBUF_RING_INC", "IOU_PBUF_RING_INC"),
        entry("SQE_LENGTH", "sizeof(struct io_uring_sqe)"),
        entry("CQE_LENGTH", "sizeof(struct io_uring_cqe)"),
        entry("NR_IO_URING_SETUP", "__NR_io_uring_setup"),
        entry("NR_IO_URING_ENTER", "__NR_io_uring_enter"),
        entry("NR_IO_URING_REGISTER", "__NR_io_uring_register"),
        entry("UNREGISTER_PBUF_RING", "IORING_UNREGISTER_PBUF_RING"),
        entry("CQE_BUFFER_SHIFT", "IORING_CQE_BUFFER_SHIFT"),
        entry("RSRC_REGISTER_SPARSE", "IORING_RSRC_REGISTER_SPARSE"));

    @TempDir
    private Path dir;

    @Test
    void shouldAgreeWithTheSystemHeadersOnNumbers()
    {
        final Map<String, String> expressions = new TreeMap<>();
        final Map<String, Long> ours = SystemHeadersTest.constants(UringConstants.class);
        ours.keySet().forEach((name) -> expressions.put(name, cName(name.substring(name.indexOf('.') + 1))));
        ours.put("socket op", constant(IoUring.class, "SOCKET_OP_SETSOCKOPT"));
        expressions.put("socket op", "SOCKET_URING_OP_SETSOCKOPT");

        final CHeaders headers = new CHeaders(dir, INCLUDES);
        SystemHeadersTest.assertEqualToHeaders(expressions, ours, headers);

        final Set<String> unexpected = new TreeSet<>(headers.missing());
        unexpected.removeAll(NOT_IN_OLD_HEADERS);
        assertEquals(Set.of(), unexpected, "not in this header, and not expected to be missing");
    }

    private static String cName(final String name)
    {
        if (SPECIAL.containsKey(name))
        {
            return SPECIAL.get(name);
        }
        return name.startsWith("SQE_") ? "IO" + name : "IORING_" + name;
    }

    @Test
    void shouldAgreeWithTheSystemHeadersOnStructures()
    {
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("sizeof(struct io_uring_params)", constant(IoUring.class, "PARAMS_LENGTH"));
        expected.put("offsetof(struct io_uring_params, sq_entries)", 0L);
        expected.put("offsetof(struct io_uring_params, cq_entries)", constant(IoUring.class, "PARAMS_CQ_ENTRIES"));
        expected.put("offsetof(struct io_uring_params, flags)", constant(IoUring.class, "PARAMS_FLAGS"));
        expected.put("offsetof(struct io_uring_params, features)", constant(IoUring.class, "PARAMS_FEATURES"));
        expected.put("offsetof(struct io_uring_params, sq_off)", constant(IoUring.class, "PARAMS_SQ_OFF"));
        expected.put("offsetof(struct io_uring_params, cq_off)", constant(IoUring.class, "PARAMS_CQ_OFF"));
        expected.put("offsetof(struct io_sqring_offsets, head)", 0L);
        expected.put("offsetof(struct io_sqring_offsets, tail)", 4L);
        expected.put("offsetof(struct io_sqring_offsets, array)", 24L);
        expected.put("offsetof(struct io_cqring_offsets, head)", 0L);
        expected.put("offsetof(struct io_cqring_offsets, tail)", 4L);
        expected.put("offsetof(struct io_cqring_offsets, overflow)", 16L);
        expected.put("offsetof(struct io_cqring_offsets, cqes)", 20L);
        expected.put("IORING_OFF_SQ_RING", longConstant(IoUring.class, "OFF_SQ_RING"));
        expected.put("IORING_OFF_SQES", longConstant(IoUring.class, "OFF_SQES"));
        expected.put("sizeof(struct io_uring_getevents_arg)", constant(IoUring.class, "ARG_LENGTH"));
        // Behind sigmask_sz: pad, later min_wait_usec.
        expected.put("offsetof(struct io_uring_getevents_arg, sigmask_sz)", 8L);
        expected.put("offsetof(struct io_uring_getevents_arg, ts)", 16L);
        expected.put("sizeof(struct __kernel_timespec)", 16L);
        expected.put("sizeof(struct io_uring_rsrc_register)", 32L);
        expected.put("offsetof(struct io_uring_rsrc_register, flags)", 4L);
        expected.put("sizeof(struct io_uring_rsrc_update)", 16L);
        expected.put("offsetof(struct io_uring_rsrc_update, data)", 8L);
        expected.put("sizeof(struct io_uring_buf_reg)", constant(ProvidedBufferRing.class, "REG_LENGTH"));
        expected.put("offsetof(struct io_uring_buf_reg, ring_addr)", 0L);
        expected.put("offsetof(struct io_uring_buf_reg, ring_entries)", 8L);
        expected.put("offsetof(struct io_uring_buf_reg, bgid)", 12L);
        expected.put("sizeof(struct io_uring_buf)", constant(ProvidedBufferRing.class, "ENTRY_LENGTH"));
        expected.put("offsetof(struct io_uring_buf_ring, tail)", constant(ProvidedBufferRing.class, "TAIL_OFFSET"));
        expected.put("sizeof(struct io_uring_probe)", constant(UringProbe.class, "HEADER_LENGTH"));
        expected.put("offsetof(struct io_uring_probe, ops_len)", 1L);
        expected.put("sizeof(struct io_uring_probe_op)", constant(UringProbe.class, "OP_LENGTH"));
        expected.put("offsetof(struct io_uring_probe_op, flags)", 2L);
        expected.put("IO_URING_OP_SUPPORTED", constant(UringProbe.class, "OP_SUPPORTED"));
        expected.put("offsetof(struct io_uring_cqe, user_data)", 0L);
        expected.put("offsetof(struct io_uring_cqe, res)", 8L);
        expected.put("offsetof(struct io_uring_cqe, flags)", 12L);

        final CHeaders headers = new CHeaders(dir, INCLUDES);
        assertEquals(expected, headers.evaluate(expected.keySet()));
    }

    @Test
    void shouldWriteSubmissionEntriesAsCReadsThem()
    {
        final byte[] bytes = new byte[UringConstants.SQE_LENGTH];
        try (IoUring ring = new IoUring(8, 16, 0))
        {
            buffer(ring, "sqes").setMemory(0, UringConstants.SQE_LENGTH, (byte)0xFF);
            ring.put(
                0x81, 0x82, 0x8384, 0x85868788, 0x898A8B8C8D8E8F90L, 0x9192939495969798L, 0x999A9B9C, 0x9D9E9FA0,
                0xA1A2A3A4A5A6A7A8L, 0xA9AA, 0xABACADAE);
            buffer(ring, "sqes").getBytes(0, bytes);
        }
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("s->opcode", 0x81L);
        expected.put("s->flags", 0x82L);
        expected.put("s->ioprio", 0x8384L);
        expected.put("s->fd", (long)0x85868788);
        expected.put("s->off", 0x898A8B8C8D8E8F90L);
        expected.put("s->addr2", 0x898A8B8C8D8E8F90L);
        expected.put("s->addr", 0x9192939495969798L);
        expected.put("s->len", 0x999A9B9CL);
        for (final String flags : List.of("msg_flags", "accept_flags", "cancel_flags", "poll32_events", "rw_flags"))
        {
            expected.put("(unsigned)s->" + flags, 0x9D9E9FA0L);
        }
        expected.put("s->user_data", 0xA1A2A3A4A5A6A7A8L);
        expected.put("s->buf_group", 0xA9AAL);
        expected.put("s->personality", 0L);
        expected.put("s->file_index", 0xABACADAEL);
        expected.put("s->addr3", 0L);
        expected.put("((unsigned long long *)s)[7]", 0L);
        assertReadsAs(expected, "io_uring_sqe", bytes);
    }

    /** Fields of a socket command (Linux 6.7): cmd_op 8, level 16, optname 20, optlen 44, optval 48. */
    @Test
    void shouldWriteSocketCommandsAsCReadsThem()
    {
        final byte[] bytes = new byte[UringConstants.SQE_LENGTH];
        try (IoUring ring = new IoUring(8, 16, 0))
        {
            ring.putSocketOption(1, 5, 6, 7, 0x1122334455667788L, 4, 9);
            buffer(ring, "sqes").getBytes(0, bytes);
        }
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("s->opcode", (long)UringConstants.OP_URING_CMD);
        expected.put("s->flags", 1L);
        expected.put("s->fd", 5L);
        expected.put("s->cmd_op", 3L);
        expected.put("((unsigned *)s)[4]", 6L);
        expected.put("((unsigned *)s)[5]", 7L);
        expected.put("s->user_data", 9L);
        expected.put("((unsigned *)s)[11]", 4L);
        expected.put("s->addr3", 0x1122334455667788L);
        assertReadsAs(expected, "io_uring_sqe", bytes);
    }

    @Test
    void shouldWriteProvidedBuffersAsCReadsThem()
    {
        final byte[] bytes = new byte[32];
        try (IoUring ring = new IoUring(8, 16, 0);
            ProvidedBufferRing buffers = new ProvidedBufferRing(ring, 1, 2, false))
        {
            buffers.add(0x1111_2222_3333L, 0x4444, 0x5555);
            buffers.add(0x6666_7777_8888L, 0x7999, 0xAAAA);
            buffers.publish();
            buffer(buffers, "entries").getBytes(0, bytes);
        }
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("s[0].addr", 0x1111_2222_3333L);
        expected.put("s[0].len", 0x4444L);
        expected.put("s[0].bid", 0x5555L);
        expected.put("((struct io_uring_buf_ring *)s)->tail", 2L);
        expected.put("s[1].addr", 0x6666_7777_8888L);
        expected.put("s[1].len", 0x7999L);
        expected.put("s[1].bid", 0xAAAAL);
        assertReadsAs(expected, "io_uring_buf", bytes);
    }

    private void assertReadsAs(final Map<String, Long> expected, final String structure, final byte[] bytes)
    {
        final String declarations =
            CHeaders.array("bytes", bytes) + "static struct " + structure + " *s = (void *)bytes;\n";
        final CHeaders headers = new CHeaders(dir, INCLUDES, declarations);
        assertEquals(expected, headers.evaluate(expected.keySet()));
        assertEquals(Set.of(), headers.missing());
    }

    private static long constant(final Class<?> type, final String name)
    {
        return SystemHeadersTest.constants(type).get(type.getSimpleName() + "." + name);
    }

    private static long longConstant(final Class<?> type, final String name)
    {
        return (Long)field(type, null, name);
    }

    private static UnsafeBuffer buffer(final Object owner, final String name)
    {
        return (UnsafeBuffer)field(owner.getClass(), owner, name);
    }

    private static Object field(final Class<?> type, final Object owner, final String name)
    {
        try
        {
            final Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        }
        catch (final ReflectiveOperationException e)
        {
            throw new AssertionError(e);
        }
    }
}
