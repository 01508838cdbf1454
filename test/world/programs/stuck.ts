/** Takes a task and never answers: not even a timer of its own would end it. */
export default (): never => {
  for (;;);
};
