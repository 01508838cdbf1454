/** Ends its thread under every task. */
export default (): never => process.exit(7);
