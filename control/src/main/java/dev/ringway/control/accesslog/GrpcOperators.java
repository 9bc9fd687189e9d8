package dev.ringway.control.accesslog;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.engine.accesslog.AccessRecord;

import java.util.List;

/**
 * {@code %GRPC_STATUS%} in its forms, and {@code %GRPC_STATUS_NUMBER%}. What was no call has none; a call that was
 * answered without one has that which its HTTP status stands for.
 */
final class GrpcOperators
{
    /** By number. */
    private static final List<String> CAMEL = List.of("OK", "Canceled", "Unknown", "InvalidArgument",
        "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
        "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
        "Unauthenticated");
    /** By number. */
    private static final List<String> SNAKE = List.of("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED");

    private GrpcOperators()
    {
    }

    static LogOperator of(final String argument, final int at) throws LogFormatException
    {
        return switch (argument == null ? "" : argument)
        {
            case "", "CAMEL_STRING" -> named(CAMEL);
            case "SNAKE_STRING" -> named(SNAKE);
            case "NUMBER" -> number();
            default -> throw new LogFormatException(
                at, "%GRPC_STATUS% takes CAMEL_STRING, SNAKE_STRING or NUMBER, not " + argument);
        };
    }

    static LogOperator number()
    {
        return named(List.of());
    }

    private static LogOperator named(final List<String> names)
    {
        final byte[][] texts = names.stream().map(LogOperators::bytes).toArray(byte[][]::new);
        return (record, line) -> append(record, texts, line);
    }

    private static void append(final AccessRecord record, final byte[][] texts, final LogLine line)
    {
        final boolean isTold = record.grpcStatus() != AccessRecord.NO_GRPC_STATUS;
        if (!record.isCall() || !isTold && record.status() == 0)
        {
            line.put((byte)'-');
            return;
        }
        final int status = isTold ? record.grpcStatus() : Grpc.statusOf(record.status());
        if (status >= 0 && status < texts.length)
        {
            line.put(texts[status]);
        }
        else if (status < 0)
        {
            line.put((byte)'-').decimal(-status);
        }
        else
        {
            line.decimal(status);
        }
    }
}
